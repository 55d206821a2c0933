import { agentRequests } from '../app/agents/agentRequests';
import type { Product } from '../app/product';
import { once } from './once';
import type { Machine } from './wireMachine';

/** Agents: their programs, and the requests of one window to another. */
export function wireAgents({ env, clock, worktreePorts }: Machine): Product['agents'] {
  const programs = once(async () => {
    const { HostAgents } = await import('../adapters/exec/hostAgents');
    return new HostAgents(env);
  });
  const requestPorts = once(async () => {
    const { AgentRequestFiles } = await import('../adapters/git/agentRequests');
    return { ...(await worktreePorts()), agents: new AgentRequestFiles(), clock };
  });
  return {
    ...agentRequests(requestPorts),
    find: async (command, folder) => (await programs()).find(command, folder),
    run: async (program, folder, variables) => (await programs()).run(program, folder, variables),
  };
}
