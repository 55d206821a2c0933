import { errorCode } from '@coppice/host/errorCode';
import { parseRecord } from '@coppice/host/parseRecord';
import { processStart } from '@coppice/host/processStart';
import { constants, readFileSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { AgentEvent, AgentNews, AgentProgramName } from '../../../core/agents/agentEvent';

/** In a worktree's own git directory, a file a session: agents that write at once never write to the same one. */
export const agentFolder = 'coppice-agents';
export const journalEnding = '.jsonl';
/** Beside the journals: a wait that a person was told of. */
export const toldEnding = '.told';

/** A session that nobody has heard of for so long is told of by nobody. */
const keptMs = 3 * 24 * 60 * 60 * 1000;
const maxDepth = 100;

/**
 * Adds what a hook says to its session's journal: one write to the end of a file, which two hooks of one session can do at the same
 * time without a lock, and which a hook that is killed leaves whole or undone.
 *
 * @param tick when this process began, by the clock that only goes on
 * @throws what the operating system says
 */
export async function writeAgentEvent(
  gitDir: string,
  news: AgentNews,
  from: {
    readonly program: AgentProgramName;
    readonly pid: number | undefined;
    readonly at: number;
    readonly tick: number;
  },
): Promise<void> {
  const { pid, ...rest } = from;
  const started = pid === undefined ? undefined : await startOf(pid, news);
  const event: AgentEvent = {
    version: 1,
    ...rest,
    ...news,
    machine: hostname(),
    ...(pid === undefined ? {} : { pid }),
    ...(started === undefined ? {} : { started }),
  };
  const folder = join(gitDir, agentFolder);
  const file = join(folder, `${news.session}${journalEnding}`);
  // Of one that was cut off, as by a full disk, this one is to be no part.
  const line = `\n${JSON.stringify(event)}\n`;
  try {
    await append(file, line);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    // Not its parents: a worktree that is gone stays so.
    await mkdir(folder).catch((other: unknown) => {
      if (errorCode(other) !== 'EEXIST') throw other;
    });
    await append(file, line);
  }
  if (news.kind === 'start') await sweep(folder, from.at);
}

/** Elsewhere than on Linux a program has to be started for it: that a session begins is the time for that. */
async function startOf(pid: number, { kind }: AgentNews): Promise<string | undefined> {
  if (process.platform !== 'linux' && kind !== 'start' && kind !== 'prompt') return undefined;
  return processStart(pid);
}

async function append(file: string, line: string): Promise<void> {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW = 0 } = constants;
  const handle = await open(file, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    await handle.write(line);
  } finally {
    await handle.close();
  }
}

/** An agent that has waited over a long weekend still does, and a person was told of it. */
async function sweep(folder: string, now: number): Promise<void> {
  const kept = new Set<string>();
  const names = await readdir(folder);
  const [journals, told] = [journalEnding, toldEnding].map((ending) => names.filter((name) => name.endsWith(ending)));
  for (const name of [...(journals ?? []), ...(told ?? [])]) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    const isOld = found !== undefined && now - found.mtimeMs > keptMs;
    const isKept = !isOld || (name.endsWith(toldEnding) ? kept.has(name.split('.', 1)[0] ?? '') : await lives(file));
    if (!isKept) await rm(file, { force: true });
    else if (name.endsWith(journalEnding)) kept.add(name.slice(0, -journalEnding.length));
  }
}

/** Whether the process that wrote to a journal last is there, as far as its number tells. */
async function lives(file: string): Promise<boolean> {
  const text = await endOf(file, 4096).catch(() => '');
  const { pid, machine, kind } = parseRecord(text.trimEnd().split('\n').at(-1) ?? '') ?? {};
  return kind !== 'end' && typeof pid === 'number' && machine === hostname() && isThere(pid);
}

/** The last bytes of a file. @throws what the operating system says */
export async function endOf(path: string, bytes: number): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, bytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** Whether some process has this number; one that somebody else has started counts. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * The git directory of the worktree that a folder is in; undefined: it is in none. Without git, whose start would take longer than all
 * else that a hook does.
 */
export function gitDirAround(folder: string): string | undefined {
  let place = resolve(folder);
  for (let depth = 0; depth < maxDepth; depth++) {
    const found = gitDirIn(place);
    if (found !== undefined) return found;
    const parent = dirname(place);
    if (parent === place) return undefined;
    place = parent;
  }
  return undefined;
}

function gitDirIn(folder: string): string | undefined {
  const path = join(folder, '.git');
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return path;
  if (!found?.isFile() || found.size > 10_000) return undefined;
  const [, leadsTo] = /^gitdir: (.+?)\r?\n?$/.exec(readFileSync(path, 'utf8')) ?? [];
  return leadsTo === undefined ? undefined : resolve(folder, leadsTo);
}
