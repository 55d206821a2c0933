import { agentLine, waitingAgents } from '../../app/view/agentWords';
import { AppError } from '../../core/errors';
import type { CommandHandler } from '../context/commandContext';
import { openFolder } from '../editor/open';
import { plainWorktreeName } from '../editor/windowEntry';
import { showAgentTerminal } from '../terminals/agent';

/** To the one that has waited longest: to the window of its worktree, and in that one to its terminal. */
export const goToWaitingAgent: CommandHandler = async (context) => {
  await context.refresh();
  const [longest] = waitingAgents(context.snapshot);
  if (!longest) throw new AppError('notFound', 'No agent waits for you.');
  const { entry, agent } = longest;
  const { path } = entry.worktree;
  if (path !== context.windowEntry?.worktree.path) return openFolder(path);
  if (await showAgentTerminal(agent.process?.pid)) return;
  throw new AppError(
    'notFound',
    `The agent in ${plainWorktreeName(entry)} ${agentLine(agent)}. It runs in no terminal of this window.`,
  );
};
