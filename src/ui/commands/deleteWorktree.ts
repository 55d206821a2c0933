import { deleteInteractively } from '../delete/deleteFlow';
import { targetWorktree } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';

export const deleteWorktree: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree to delete',
    isFit: ({ worktree, environment, identity }) =>
      !worktree.isMain || environment !== undefined || identity !== undefined,
    none: 'There is no worktree that can be deleted, and no environment.',
  });
  if (entry) await deleteInteractively(context, entry);
};
