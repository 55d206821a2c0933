import { targetWorktree } from '../prompts';
import type { CommandHandler } from './context';

export const showStatus: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose status to show',
    isFit: () => true,
    none: 'There is no worktree.',
  });
  if (entry) await context.statusDocuments.show(entry);
};
