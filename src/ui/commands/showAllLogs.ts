import { targetWorktree } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';

export const showAllLogs: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose logs to show',
    isFit: ({ environment }) => (environment?.services.length ?? 0) > 0,
    none: 'No worktree has an environment with services.',
  });
  if (entry) await context.openLogs(entry.worktree.path);
};
