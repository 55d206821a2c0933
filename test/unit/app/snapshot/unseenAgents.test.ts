import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { environmentParts } from '../../../../src/app/environment/parts/environmentParts';
import { EnvironmentStore } from '../../../../src/app/snapshot/environmentStore';
import type { AgentState } from '../../../../src/core/agents/agentStatus';
import type { AgentSessions } from '../../../../src/core/ports/agentSessions';
import { EnvironmentWorld } from '../../../support/environmentWorld';
import { silentLog } from '../../../support/kubernetesHarness';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('an agent that begins to wait, or is killed, is told in time in a window that nobody looks at', async () => {
  const world = new EnvironmentWorld();
  const { worktrees, identities, environmentFiles, cluster, clock, locks } = world;
  let state: AgentState = 'working';
  let tell: () => void = () => undefined;
  const agents: AgentSessions = {
    read: async () => [{ program: 'claude-code', session: 's', state, since: 1 }],
    watch: (watched, onNews) => {
      const [first] = watched;
      tell = () => first && onNews(first);
      return { dispose: () => (tell = () => undefined) };
    },
  };
  const ports = { worktrees, identities, environmentFiles, clock, locks, consistsOf: environmentParts };
  const store = new EnvironmentStore(
    '/code/repo',
    async () => ({ ...ports, clusterOf: async () => cluster, agents: async () => agents }),
    silentLog,
  );
  store.setFollowed(true);
  await vi.advanceTimersByTimeAsync(1_000);
  const told = () => store.snapshot.entries[0]?.agents?.map((agent) => agent.state);
  expect(told()).toEqual(['working']);
  state = 'waiting';
  tell();
  await vi.advanceTimersByTimeAsync(500);
  expect(told()).toEqual(['waiting']);
  state = 'gone';
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told()).toEqual(['gone']);
  store.dispose();
});
