import { deleteInteractively } from '../delete/deleteFlow';
import { deleteManyInteractively } from '../delete/deleteManyFlow';
import { targetWorktrees } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';
import { deleteOrphan } from './deleteOrphan';
import { stopForward } from './stopForward';

export const deleteWorktree: CommandHandler = async (context, argument, selected = []) => {
  const node = context.nodeOf(argument);
  if (selected.length < 2) {
    // The key means the row that it is pressed on: a service is no worktree.
    if (node?.kind === 'orphan') return deleteOrphan(context, argument);
    if (node?.kind === 'forward') return stopForward(context, argument);
    if (node !== undefined && node.kind !== 'worktree') return;
  }
  const [first, ...others] = await targetWorktrees(context, argument, selected, {
    placeholder: 'Choose the worktree to delete',
    isFit: ({ worktree, environment, identity }) =>
      !worktree.isMain || environment !== undefined || identity !== undefined,
    none: 'There is no worktree that can be deleted, and no environment.',
  });
  if (!first) return;
  if (others.length === 0) await deleteInteractively(context, first);
  else await deleteManyInteractively(context, [first, ...others]);
};
