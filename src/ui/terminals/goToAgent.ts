import { agentLine, type WaitingAgent } from '../../app/view/agentWords';
import { AppError } from '../../core/errors';
import type { CommandContext } from '../context/commandContext';
import { openFolder } from '../editor/open';
import { plainWorktreeName } from '../editor/windowEntry';
import { showAgentTerminal } from './agent';

/** To the window of its worktree, and in that one to its terminal. @throws notFound when it runs in none there */
export async function goToAgent(
  { windowEntry }: Pick<CommandContext, 'windowEntry'>,
  { entry, agent }: WaitingAgent,
): Promise<void> {
  const { path } = entry.worktree;
  if (path !== windowEntry?.worktree.path) return openFolder(path);
  if (await showAgentTerminal(agent.process?.pid)) return;
  throw new AppError(
    'notFound',
    `The agent in ${plainWorktreeName(entry)} ${agentLine(agent)}. It runs in no terminal of this window.`,
  );
}
