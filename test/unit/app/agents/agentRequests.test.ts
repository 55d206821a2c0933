import { expect, it } from 'vitest';
import type { AgentTask } from '../../../../src/core/agents/agentTask';
import { agentRequests } from '../../../../src/app/agents/agentRequests';
import { EnvironmentWorld } from '../../../support/environmentWorld';

const { signal } = new AbortController();

it('a request is for the worktree that a folder lies in, and for one taker', async () => {
  const world = new EnvironmentWorld();
  await world.createBranch('x');
  const asked = new Map<string, AgentTask & { at: number }>();
  const agents = {
    request: async ({ path }: { path: string }, task: AgentTask, at: number) => void asked.set(path, { ...task, at }),
    read: async ({ path }: { path: string }) => asked.get(path) && { prompt: 'seen' },
    take: async ({ path }: { path: string }) => {
      const found = asked.get(path);
      asked.delete(path);
      return found && { prompt: found.prompt ?? '' };
    },
  };
  const requests = agentRequests(async () => ({ ...world.createPorts(), agents, clock: { now: () => 7 } }));
  await requests.request('/code/repo.worktrees/x/deep/inside', { prompt: 'p' }, signal);
  expect([...asked]).toEqual([['/code/repo.worktrees/x', { prompt: 'p', at: 7 }]]);
  expect(await requests.take('/code/repo', signal)).toBeUndefined();
  expect(await requests.read('/code/repo.worktrees/x', signal)).toEqual({ prompt: 'seen' });
  expect(await requests.take('/code/repo.worktrees/x', signal)).toEqual({ prompt: 'p' });
  expect(await requests.take('/code/repo.worktrees/x', signal)).toBeUndefined();
  await expect(requests.request('/elsewhere', {}, signal)).rejects.toMatchObject({ code: 'invalidInput' });
});
