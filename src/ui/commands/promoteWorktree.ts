import type { CommandHandler } from '../context/commandContext';
import { targetWorktree } from '../context/prompts';
import { promoteInteractively } from '../promote/promoteFlow';

export const promoteWorktree: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose branch is merged; what is done is said first',
    isFit: ({ worktree }) => !worktree.isMain && worktree.branch !== undefined && worktree.prunable === undefined,
    none: 'There is no worktree besides the main one whose branch could be merged.',
  });
  if (entry) await promoteInteractively(context, entry);
};
