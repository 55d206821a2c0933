import { describe, expect, it } from 'vitest';
import { agentLine, agentsFact, waitingAgents, waitingText } from '../../../../src/app/view/agentWords';
import { attention } from '../../../../src/app/view/attention';
import { worktreeFacts, worktreeView } from '../../../../src/app/view/worktreeView';
import type { AgentStatus } from '../../../../src/core/agents/agentStatus';
import { anEntry, aSnapshot } from '../../ui/builders';

const agent = (change: Partial<AgentStatus> = {}): AgentStatus => ({
  program: 'claude-code',
  session: 's',
  state: 'working',
  since: 5,
  ...change,
});
const asks = agent({ state: 'waiting', wait: 'permission', said: 'Bash: npm test' });

describe('what is said of agents', () => {
  it.each([
    [agent(), 'works'],
    [asks, 'waits for a permission: Bash: npm test'],
    [agent({ state: 'waiting', wait: 'question' }), 'waits for an answer'],
    [agent({ state: 'waiting', wait: 'plan' }), 'waits with a plan'],
    [agent({ state: 'waiting', wait: 'error' }), 'was stopped by an error'],
    [agent({ state: 'idle' }), 'is idle'],
    [agent({ state: 'done', said: 'All pass.' }), 'is done: All pass.'],
    [agent({ state: 'gone' }), 'is gone'],
  ])('%j %s', (status, words) => {
    expect(agentLine(status)).toBe(words);
  });

  it('is of the first of several, and how many there are besides', () => {
    expect(agentsFact({ agents: [asks, agent()] })).toBe('agent waits for a permission, 1 other');
    expect([agentsFact({}), waitingText(0), waitingText(1)]).toEqual(['', '', '1 agent waits for you']);
  });

  it('comes first in a row when it waits, and beside the environment when it does not', () => {
    const snapshot = aSnapshot();
    const facts = (agents?: readonly AgentStatus[]): string[] => {
      const entry = { ...anEntry(), agents };
      return worktreeFacts(worktreeView(entry, snapshot), entry);
    };
    expect(facts([asks])[0]).toBe('agent waits for a permission');
    expect(facts([agent()])).toContain('agent works');
    expect(facts([agent()])[0]).toBe(facts()[0]);
  });

  it('tells who has waited longest first', () => {
    const entries = [
      { ...anEntry(), agents: [agent({ ...asks, since: 9 }), agent()] },
      { ...anEntry(), agents: [agent({ ...asks, since: 3 })] },
      anEntry(),
    ];
    expect(waitingAgents({ entries }).map(({ agent: { since } }) => since)).toEqual([3, 9]);
  });

  it('ranks a worktree by them', () => {
    const bare = { environment: undefined, identity: undefined };
    const rank = (agents: readonly AgentStatus[] | undefined): string =>
      attention({ ...anEntry(bare), agents }, aSnapshot());
    expect([asks, agent(), agent({ state: 'done' })].map((each) => rank([each]))).toEqual([
      'waiting',
      'running',
      'resting',
    ]);
    expect(rank(undefined)).toBe('bare');
  });
});
