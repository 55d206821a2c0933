import type { AgentTask } from '../../core/agents/agentTask';
import type { AgentRequests } from '../../core/ports/agents';
import type { Clock } from '../../core/ports/host';
import { worktreeAt, type WorktreeAtPorts } from '../worktrees/worktreeAt';

export interface AgentRequestPorts extends WorktreeAtPorts {
  readonly agents: AgentRequests;
  readonly clock: Clock;
}

/**
 * What one window asks of another: to start an agent in a worktree, once. A create opens the worktree's own window, where an
 * extension that begins anew knows nothing of who asked for it.
 */
export function agentRequests(ports: () => Promise<AgentRequestPorts>) {
  const at = async (folder: string, signal: AbortSignal) => {
    const given = await ports();
    const { worktree } = await worktreeAt(given, folder, signal);
    return { ...given, worktree };
  };
  return {
    request: async (folder: string, task: AgentTask, signal: AbortSignal): Promise<void> => {
      const { agents, clock, worktree } = await at(folder, signal);
      await agents.request(worktree, task, clock.now());
    },
    read: async (folder: string, signal: AbortSignal): Promise<AgentTask | undefined> => {
      const { agents, clock, worktree } = await at(folder, signal);
      return agents.read(worktree, clock.now());
    },
    take: async (folder: string, signal: AbortSignal): Promise<AgentTask | undefined> => {
      const { agents, clock, worktree } = await at(folder, signal);
      return agents.take(worktree, clock.now());
    },
  };
}
