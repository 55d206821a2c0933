import { worktreeAt } from '../app/worktrees/worktreeAt';
import type { Clock } from '../core/ports/host';
import type { AgentRequests } from '../core/ports/worktrees';

type Ports = Parameters<typeof worktreeAt>[0] & { readonly agents: AgentRequests; readonly clock: Clock };

const timeoutMs = 30_000;

/** What one window asks of another: to start an agent in a worktree, once. */
export function agentRequests(ports: () => Promise<Ports>) {
  return {
    async requestAgent(folder: string) {
      const given = await ports();
      const { worktree } = await worktreeAt(given, folder, AbortSignal.timeout(timeoutMs));
      await given.agents.request(worktree, given.clock.now());
    },
    async takeAgentRequest(folder: string) {
      const given = await ports();
      const { worktree } = await worktreeAt(given, folder, AbortSignal.timeout(timeoutMs));
      return given.agents.take(worktree, given.clock.now());
    },
  };
}
