import { parseRecord } from '@coppice/host/parseRecord';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AgentWait } from '../../core/agents/agentEvent';
import type { SessionState } from '../../core/agents/reduceAgent';
import type { SessionWord } from '../../core/agents/sessionWord';

const maxBytes = 64 * 1024;
const activities = ['busy', 'waiting', 'idle'] as const;
/** By `waitingFor`. A dialog that a person has opened (`dialog open`) is no wait for them. */
const waits: Readonly<Record<string, AgentWait>> = {
  'permission prompt': 'permission',
  'sandbox request': 'permission',
  'worker request': 'permission',
  'goal proposal': 'permission',
  'input needed': 'question',
};

/**
 * What Claude Code (2.1.333) says itself of a session that it has open: it keeps a file for each of its processes, with `status`. That is
 * no interface of it: where there is none, or one of another kind, nothing is known. Never rejects.
 *
 * @param env CLAUDE_CONFIG_DIR names another folder than the one in the user's home
 */
export async function claudeSession(
  { program, session, pid }: Pick<SessionState, 'program' | 'session' | 'pid'>,
  env: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): Promise<SessionWord | undefined> {
  if (program !== 'claude-code' || pid === undefined) return undefined;
  const file = join(env['CLAUDE_CONFIG_DIR'] || join(home, '.claude'), 'sessions', `${pid}.json`);
  const {
    pid: of,
    sessionId,
    status,
    statusUpdatedAt,
    waitingFor,
  } = parseRecord(await read(file).catch(() => '')) ?? {};
  const activity = activities.find((each) => each === status);
  const isOfIt = of === pid && sessionId === session;
  if (!isOfIt || activity === undefined || typeof statusUpdatedAt !== 'number') return undefined;
  const wait = Object.hasOwn(waits, String(waitingFor)) ? waits[String(waitingFor)] : undefined;
  return { activity, since: statusUpdatedAt, ...(activity === 'waiting' && wait !== undefined ? { wait } : {}) };
}

/** Of what is no regular file nobody waits for a word. */
async function read(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await handle.stat();
    return found.isFile() && found.size <= maxBytes ? await handle.readFile('utf8') : '';
  } finally {
    await handle.close();
  }
}
