import { errorCode } from '@coppice/host/errorCode';
import { processStart } from '@coppice/host/processStart';
import { migrateRecord } from '@coppice/host/migrateRecord';
import { parseRecord } from '@coppice/host/parseRecord';
import { watch, type FSWatcher } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AgentEvent } from '../../core/agents/agentEvent';
import type { AgentStatus } from '../../core/agents/agentStatus';
import { agentsOf, sessionOf } from '../../core/agents/agentsOf';
import type { SessionState } from '../../core/agents/reduceAgent';
import type { Disposable } from '../../core/event';
import type { Worktree } from '../../core/model';
import type { AgentSessions } from '../../core/ports/agentSessions';
import { agentEventRecord } from '../../core/records/agentEventRecord';
import { agentFolder, journalEnding } from './agentJournal';

/** The state is by what came last: of a long journal the beginning is not read. */
const readBytes = 64 * 1024;
/** Hooks write in bursts. */
const coalesceMs = 50;

/**
 * Elsewhere than on Linux a program has to be started to learn when a process began, which tells whether its number is another one's
 * by now: seldom. That it has ended is seen without. Milliseconds.
 */
const askedAgainMs = 60_000;
const answerMs = 10_000;

export interface AgentJournalsOptions {
  /** When a process started; undefined: there is none, or nobody says. */
  readonly startOf: (pid: number) => Promise<string | undefined>;
  /** It may be asked at each look, and knows when there is none. */
  readonly isCheap: boolean;
}

const onThisMachine: AgentJournalsOptions = {
  startOf: (pid) => processStart(pid, { timeoutMs: answerMs }),
  isCheap: process.platform === 'linux',
};

/** The journals that hooks of agents write into worktrees' git directories. */
export class AgentJournals implements AgentSessions {
  readonly #starts = new Map<number, { readonly at: number; readonly start: Promise<string | undefined> }>();

  constructor(private readonly options: AgentJournalsOptions = onThisMachine) {}

  async read({ gitDir }: Pick<Worktree, 'gitDir'>, now: number): Promise<AgentStatus[]> {
    const folder = join(gitDir, agentFolder);
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(journalEnding));
    const read = await Promise.all(names.map(async (name) => sessionOf(await eventsIn(join(folder, name)))));
    const sessions = read.filter((session) => session !== undefined);
    const lives = new Map<SessionState, boolean | undefined>();
    await Promise.all(
      sessions.map(async (session) => {
        if (session.state !== 'ended') lives.set(session, await this.#isAlive(session));
      }),
    );
    return agentsOf(sessions, (session) => lives.get(session), now);
  }

  /** undefined: nobody can tell here. */
  async #isAlive({ pid, started, machine }: SessionState): Promise<boolean | undefined> {
    if (pid === undefined || machine !== hostname()) return undefined;
    if (!isThere(pid)) {
      this.#starts.delete(pid);
      return false;
    }
    const now = await this.#startOf(pid);
    if (now === undefined) return this.options.isCheap ? false : undefined;
    return started === undefined || started === now;
  }

  #startOf(pid: number): Promise<string | undefined> {
    const { startOf, isCheap } = this.options;
    if (isCheap) return startOf(pid);
    const known = this.#starts.get(pid);
    if (known && performance.now() - known.at < askedAgainMs) return known.start;
    const start = startOf(pid);
    this.#starts.set(pid, { at: performance.now(), start });
    return start;
  }

  watch<W extends Pick<Worktree, 'gitDir'>>(worktrees: readonly W[], onNews: (worktree: W) => void): Disposable {
    const watchers: FSWatcher[] = [];
    const timers = new Map<W, NodeJS.Timeout>();
    for (const worktree of worktrees) {
      const tell = (): void => {
        if (timers.has(worktree)) return;
        const timer = setTimeout(() => {
          timers.delete(worktree);
          onNews(worktree);
        }, coalesceMs);
        timers.set(worktree, timer);
      };
      try {
        const watcher = watch(join(worktree.gitDir, agentFolder), { persistent: false }, tell);
        watcher.on('error', () => watcher.close());
        watchers.push(watcher);
      } catch {
        // No agent has been there yet.
      }
    }
    return {
      dispose: () => {
        for (const watcher of watchers) watcher.close();
        for (const timer of timers.values()) clearTimeout(timer);
      },
    };
  }
}

async function eventsIn(file: string): Promise<AgentEvent[]> {
  const text = await endOf(file).catch(() => '');
  return text.split('\n').flatMap((line) => {
    // What was cut off, and what a newer version has written, is no event.
    const record = line === '' ? undefined : parseRecord(line);
    const migrated = record && migrateRecord(agentEventRecord, record);
    return migrated?.kind === 'current' ? [migrated.value] : [];
  });
}

async function endOf(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, readBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** Whether some process has this number; one that somebody else has started counts. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
