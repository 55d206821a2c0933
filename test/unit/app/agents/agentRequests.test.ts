import { expect, it } from 'vitest';
import { agentRequests } from '../../../../src/app/agents/agentRequests';
import { EnvironmentWorld } from '../../../support/environmentWorld';

const { signal } = new AbortController();

it('a request is for the worktree that a folder lies in, and for one taker', async () => {
  const world = new EnvironmentWorld();
  await world.createBranch('x');
  const asked = new Map<string, number>();
  const agents = {
    request: async ({ path }: { path: string }, now: number) => void asked.set(path, now),
    take: async ({ path }: { path: string }) => asked.delete(path),
  };
  const requests = agentRequests(async () => ({ ...world.createPorts(), agents, clock: { now: () => 7 } }));
  await requests.request('/code/repo.worktrees/x/deep/inside', signal);
  expect([...asked]).toEqual([['/code/repo.worktrees/x', 7]]);
  expect(await requests.take('/code/repo', signal)).toBe(false);
  expect(await requests.take('/code/repo.worktrees/x', signal)).toBe(true);
  expect(await requests.take('/code/repo.worktrees/x', signal)).toBe(false);
  await expect(requests.request('/elsewhere', signal)).rejects.toMatchObject({ code: 'invalidInput' });
});
