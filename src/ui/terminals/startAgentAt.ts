import type { AgentTask } from '../../core/agents/agentTask';
import type { CommandContext } from '../context/commandContext';
import { targetWorktree } from '../context/prompts';
import { tellAgentWaits } from '../create/tellAgentWaits';
import { openFolder } from '../editor/open';
import { readSettings } from '../editor/settings';
import { openAgentTerminal } from './agent';
import { asItBegan, rememberBegin } from './sandboxedAgents';

/** In this window's worktree at once; in another one in its own window, once its environment is healthy. */
export async function startAgentAt(context: CommandContext, argument: unknown, wanted: AgentTask): Promise<void> {
  const { windowEntry, dependencies } = context;
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree to start the agent in',
    isFit: (candidate) =>
      candidate === windowEntry || (candidate.environment !== undefined && candidate.worktree.prunable === undefined),
    none: 'No worktree has an environment that an agent could work in.',
  });
  if (!entry) return;
  const { path } = entry.worktree;
  const task = asItBegan(context, path, wanted);
  const program = await dependencies.agents.find(readSettings()['agent.command'], path, task);
  await rememberBegin(context, path, task);
  if (path === windowEntry?.worktree.path) {
    const variables = await dependencies.environments.variables(path, AbortSignal.timeout(10_000));
    return openAgentTerminal(program, path, variables ?? {});
  }
  await dependencies.agents.request(path, task, AbortSignal.timeout(30_000));
  await openFolder(path);
  tellAgentWaits(context, entry);
}
