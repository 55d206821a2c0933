import { join } from 'node:path';
import { agentRequests } from '../app/agents/agentRequests';
import { findAgent, type FindAgentPorts } from '../app/agents/findAgent';
import type { Product } from '../app/product';
import { once } from './once';
import type { Machine } from './wireMachine';

/** Agents: their programs, and the requests of one window to another. */
export function wireAgents(
  { env, clock, home, worktreePorts }: Machine,
  planSandbox: FindAgentPorts['planSandbox'],
): Product['agents'] {
  const programs = once(async () => {
    const { HostAgents } = await import('../adapters/exec/hostAgents');
    return new HostAgents(env);
  });
  const finding = once(async () => {
    const { FileKeptTexts } = await import('../adapters/exec/fileKeptTexts');
    const kept = new FileKeptTexts(join(home, 'logs', 'told'));
    return findAgent({ programs: await programs(), kept, planSandbox });
  });
  const requestPorts = once(async () => {
    const { AgentRequestFiles } = await import('../adapters/git/agents/agentRequests');
    return { ...(await worktreePorts()), agents: new AgentRequestFiles(join(home, 'agents')), clock };
  });
  const waits = once(async () => {
    const { ToldWaitFiles } = await import('../adapters/git/agents/toldWaits');
    return new ToldWaitFiles();
  });
  const visits = once(async () => {
    const { AgentVisitFiles } = await import('../adapters/git/agents/agentVisits');
    return new AgentVisitFiles();
  });
  return {
    visits: {
      ask: async (worktree, agent) => (await visits()).ask(worktree, agent),
      take: async (worktree, agent) => (await visits()).take(worktree, agent),
    },
    isFirstToTell: async (worktree, agent) => (await waits()).claim(worktree, agent),
    ...agentRequests(requestPorts),
    find: async (command, folder, task) => (await finding())(command, folder, task),
    run: async (program, folder, variables) => (await programs()).run(program, folder, variables),
  };
}
