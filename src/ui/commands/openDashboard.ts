import { targetWorktree } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';

export const openDashboard: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose dashboard to open',
    isFit: ({ environment, identity }) => environment !== undefined || identity !== undefined,
    none: 'No worktree has an environment yet.',
  });
  if (entry) await context.openDashboard(entry.worktree.path);
};
