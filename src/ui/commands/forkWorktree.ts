import type { CommandHandler } from '../context/commandContext';
import { targetWorktree } from '../context/prompts';
import { forkInteractively } from '../create/forkFlow';

export const forkWorktree: CommandHandler = async (context, argument) => {
  const source = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree to make a second attempt from',
    isFit: ({ worktree }) => worktree.prunable === undefined,
    none: 'There is no worktree.',
  });
  if (source) await forkInteractively(context, source);
};
