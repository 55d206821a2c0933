import { describe, expect, it } from 'vitest';
import { SnapshotNews } from '../../../../src/app/view/snapshotNews';
import type { AgentStatus } from '../../../../src/core/agents/agentStatus';
import type { Snapshot } from '../../../../src/core/model';
import { watchLineProblems } from '../../../support/watchLines';
import { aService, anEntry, anEnvironment, aSnapshot, bareMain, offline } from '../../ui/builders';

const agent = (session: string, change: Partial<AgentStatus> = {}): AgentStatus => ({
  ...{ program: 'claude-code', session, state: 'working', since: 1 },
  ...change,
});
const waiting = agent('s', { state: 'waiting', wait: 'permission', said: 'Bash: ls', process: { pid: 7 } });

function telling() {
  const news = new SnapshotNews();
  return (snapshot: Snapshot): Record<string, unknown>[] => {
    const lines = news.next(snapshot, 0).map((line) => JSON.parse(JSON.stringify(line)) as Record<string, unknown>);
    for (const line of lines) expect(watchLineProblems(line), JSON.stringify(line)).toEqual([]);
    return lines;
  };
}
const brief = (lines: Record<string, unknown>[]): unknown[] =>
  lines.map(({ type, path, state, was, changed, isNew }) =>
    [type, path ?? isNew, state ?? changed, was].filter((each) => each !== undefined),
  );

describe('the news of a snapshot', () => {
  it('are all of the first, and nothing of one that is the same', () => {
    const tell = telling();
    const [first, ...more] = tell(aSnapshot());
    expect(first).toMatchObject({
      type: 'snapshot',
      version: 1,
      at: '1970-01-01T00:00:00.000Z',
      worktrees: expect.arrayContaining([expect.objectContaining({ branch: 'feature' })]) as unknown,
    });
    expect([more, tell(aSnapshot())]).toEqual([[], []]);
  });

  it('are a worktree with what differs, one that comes, and one that goes', () => {
    const tell = telling();
    tell(aSnapshot({ entries: [anEntry()] }));
    const services = [aService({ health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' })];
    const broken = anEntry({ environment: anEnvironment({ health: 'degraded', services }) });
    expect(brief(tell(aSnapshot({ entries: [broken] })))).toEqual([['worktree', false, ['view', 'environment']]]);
    expect(brief(tell(aSnapshot({ entries: [bareMain] })))).toEqual([
      ['removed', '/repo.worktrees/feature'],
      ['worktree', true, []],
    ]);
  });

  it('are what no one worktree has', () => {
    const tell = telling();
    tell(aSnapshot({ entries: [bareMain] }));
    expect(brief(tell(aSnapshot({ entries: [bareMain], cluster: offline })))).toEqual([['shared']]);
  });

  it('are the states of agents, also of one that ends or goes with its worktree', () => {
    const tell = telling();
    const path = '/repo.worktrees/feature';
    const withAgents = (...agents: AgentStatus[]): Snapshot => aSnapshot({ entries: [anEntry({ agents })] });
    tell(aSnapshot({ entries: [anEntry()] }));
    expect(brief(tell(withAgents(agent('s'))))).toEqual([
      ['worktree', false, ['agents']],
      ['agent', path, 'working', null],
    ]);
    expect(tell(withAgents(waiting, agent('t')))).toMatchObject([
      { type: 'worktree' },
      {
        type: 'agent',
        branch: 'feature',
        session: 's',
        state: 'waiting',
        wait: 'permission',
        said: 'Bash: ls',
        pid: 7,
        was: 'working',
      },
      { type: 'agent', session: 't', was: null },
    ]);
    // What it says is told with its worktree.
    expect(brief(tell(withAgents(waiting, agent('t', { said: 'Hm.' }))))).toEqual([['worktree', false, ['agents']]]);
    expect(brief(tell(withAgents(agent('t', { said: 'Hm.' })))).slice(1)).toEqual([
      ['agent', path, 'ended', 'waiting'],
    ]);
    expect(brief(tell(aSnapshot({ entries: [] })))).toEqual([
      ['agent', path, 'ended', 'working'],
      ['removed', path],
    ]);
  });
});
