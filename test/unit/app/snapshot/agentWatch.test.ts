import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentWatch } from '../../../../src/app/snapshot/agentWatch';
import type { AgentState, AgentStatus } from '../../../../src/core/agents/agentStatus';
import type { Worktree } from '../../../../src/core/model';
import type { AgentSessions } from '../../../../src/core/ports/agentSessions';
import { anEntry } from '../../ui/builders';

const status = (state: AgentState): AgentStatus => ({ program: 'claude-code', session: 's', state, since: 1 });
const worktree = (path: string): Worktree => ({ ...anEntry().worktree, path, gitDir: `${path}/.git` });

describe('agents that are followed', () => {
  const [one, other] = [worktree('/one'), worktree('/other')];
  let states: Record<string, AgentState>;
  let reads: string[];
  let watches: { readonly worktrees: readonly Worktree[]; tell(path: string): void }[];
  let isWanted: boolean;
  let changes: number;
  let watch: AgentWatch;
  const agents: AgentSessions = {
    read: async ({ gitDir }) => {
      const path = gitDir.replace('/.git', '');
      reads.push(path);
      const state = states[path];
      return state === undefined ? [] : [status(state)];
    },
    watch: (worktrees, onNews) => {
      const opened = {
        worktrees: worktrees as unknown as readonly Worktree[],
        tell: (path: string) => worktrees.filter((each) => 'path' in each && each.path === path).forEach(onNews),
      };
      watches.push(opened);
      return { dispose: () => void watches.splice(watches.indexOf(opened), 1) };
    },
  };
  const ports = { agents: async () => agents, clock: { now: () => 1 } };
  const stateOf = (path: string): AgentState | undefined => watch.current.get(path)?.[0]?.state;

  beforeEach(() => {
    vi.useFakeTimers();
    [states, reads, watches, isWanted, changes] = [{}, [], [], true, 0];
    watch = new AgentWatch(
      () => isWanted,
      () => changes++,
    );
  });
  afterEach(() => {
    watch.dispose();
    vi.useRealTimers();
  });

  it('are read, and then where there is news', async () => {
    states = { '/one': 'working', '/other': 'idle' };
    await watch.follow(ports, [one, other]);
    expect([stateOf('/one'), stateOf('/other'), changes]).toEqual(['working', 'idle', 1]);
    [states['/one'], reads] = ['waiting', []];
    watches[0]?.tell('/one');
    await vi.advanceTimersByTimeAsync(0);
    expect([stateOf('/one'), reads, changes]).toEqual(['waiting', ['/one'], 2]);
    watches[0]?.tell('/one');
    await vi.advanceTimersByTimeAsync(0);
    expect(changes).toBe(2);
  });

  it('are looked after where one lives, so that one that is killed is seen within 10 s, and nowhere else', async () => {
    states = { '/one': 'working' };
    await watch.follow(ports, [one, other]);
    [states['/one'], reads] = ['gone', []];
    await vi.advanceTimersByTimeAsync(10_000);
    expect([stateOf('/one'), changes]).toEqual(['gone', 2]);
    expect(new Set(reads)).toEqual(new Set(['/one']));
    reads = [];
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reads).toEqual([]);
  });

  it('are read once and not followed while nobody looks', async () => {
    isWanted = false;
    states = { '/one': 'working' };
    await watch.follow(ports, [one]);
    reads = [];
    await vi.advanceTimersByTimeAsync(60_000);
    expect([stateOf('/one'), reads, watches.length]).toEqual(['working', [], 0]);
  });

  it('go with their worktree, and leave nothing watched behind', async () => {
    states = { '/one': 'working', '/other': 'working' };
    await watch.follow(ports, [one, other]);
    await watch.follow(ports, [other]);
    expect([...watch.current.keys()]).toEqual(['/other']);
    expect(watches.map(({ worktrees }) => worktrees)).toEqual([[other]]);
    watch.dispose();
    reads = [];
    await vi.advanceTimersByTimeAsync(60_000);
    expect([watches, reads]).toEqual([[], []]);
  });
});
