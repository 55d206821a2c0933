import { processStart } from '@coppice/host/processStart';
import { migrateRecord } from '@coppice/host/migrateRecord';
import { parseRecord } from '@coppice/host/parseRecord';
import { watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AgentEvent } from '../../../core/agents/agentEvent';
import type { AgentStatus } from '../../../core/agents/agentStatus';
import { agentsOf, sessionsOf, tellAll } from '../../../core/agents/agentsOf';
import type { SessionState } from '../../../core/agents/reduceAgent';
import { withWord, type SessionWord } from '../../../core/agents/sessionWord';
import type { Disposable } from '../../../core/event';
import type { Worktree } from '../../../core/model';
import type { AgentSessions } from '../../../core/ports/agentSessions';
import { agentEventRecord } from '../../../core/records/agentEventRecord';
import { agentFolder, endOf, isThere, journalEnding } from './agentJournal';

/** The state is by what came last: of a long journal the beginning is not read, unless a turn is as long. */
const readBytes = 64 * 1024;
const mostBytes = 1024 * 1024;
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
  /** What the program of a session that lives says of it besides; Never rejects. */
  readonly wordOf?: (session: SessionState) => Promise<SessionWord | undefined>;
}

const onThisMachine: AgentJournalsOptions = {
  startOf: (pid) => processStart(pid, { timeoutMs: answerMs }),
  isCheap: process.platform === 'linux',
};

/** The journals that hooks of agents write into worktrees' git directories. */
export class AgentJournals implements AgentSessions {
  readonly #starts = new Map<number, { readonly at: number; readonly start: Promise<string | undefined> }>();

  readonly #options: AgentJournalsOptions;

  constructor(options: Partial<AgentJournalsOptions> = {}) {
    this.#options = { ...onThisMachine, ...options };
  }

  async read({ gitDir }: Pick<Worktree, 'gitDir'>, now: number): Promise<AgentStatus[]> {
    const folder = join(gitDir, agentFolder);
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(journalEnding));
    const read = await Promise.all(names.map((name) => sessionsIn(join(folder, name))));
    const lives = new Map<SessionState, boolean | undefined>();
    const sessions = await Promise.all(
      read.flat().map(async (found) => {
        if (found.state === 'ended') return found;
        const isAlive = await this.#isAlive(found);
        const session = isAlive ? withWord(found, await this.#options.wordOf?.(found), now) : found;
        lives.set(session, isAlive);
        return session;
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
    if (now === undefined) return this.#options.isCheap ? false : undefined;
    return started === undefined || started === now;
  }

  #startOf(pid: number): Promise<string | undefined> {
    const { startOf, isCheap } = this.#options;
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

async function sessionsIn(file: string): Promise<SessionState[]> {
  for (let bytes = readBytes; ; bytes *= 16) {
    const text = await endOf(file, bytes).catch(() => '');
    const isWhole = Buffer.byteLength(text) < bytes;
    const events = eventsOf(text);
    if (isWhole || bytes >= mostBytes || tellAll(events)) return sessionsOf(events, isWhole);
  }
}

function eventsOf(text: string): AgentEvent[] {
  return text.split('\n').flatMap((line) => {
    // What was cut off, and what a newer version has written, is no event.
    const record = line === '' ? undefined : parseRecord(line);
    const migrated = record && migrateRecord(agentEventRecord, record);
    return migrated?.kind === 'current' ? [migrated.value] : [];
  });
}
