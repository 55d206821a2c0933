import { agentLine, type WaitingAgent } from '../../app/view/agentWords';
import { AppError } from '../../core/errors';
import type { CommandContext } from '../context/commandContext';
import { openFolder } from '../editor/open';
import { plainWorktreeName } from '../editor/windowEntry';
import { agentTerminal } from './agent';

/** To the window of its worktree, and in that one to its terminal. @throws notFound when it runs in none there */
export async function goToAgent(
  { dependencies, windowEntry }: Pick<CommandContext, 'dependencies' | 'windowEntry'>,
  { entry, agent }: WaitingAgent,
): Promise<void> {
  const { worktree } = entry;
  if (worktree.path !== windowEntry?.worktree.path) {
    // That window shows the terminal, as no other can. Where it cannot be asked it is opened all the same.
    await dependencies.agents.visits
      .ask(worktree, agent)
      .catch((error: unknown) => dependencies.log.debug(`${worktree.path} shows no terminal: ${String(error)}`));
    return openFolder(worktree.path);
  }
  const terminal = await agentTerminal(agent.process?.pid);
  if (terminal) return terminal.show();
  throw new AppError(
    'notFound',
    `The agent in ${plainWorktreeName(entry)} ${agentLine(agent)}. It runs in no terminal of this window.`,
  );
}
