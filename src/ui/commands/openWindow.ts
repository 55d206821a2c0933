import { openFolder } from '../editor/open';
import { pickWorktree } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';

export const openWindow: CommandHandler = async (context, argument) => {
  const node = context.nodeOf(argument);
  const entry =
    node && 'entry' in node
      ? node.entry
      : await pickWorktree(context, {
          placeholder: 'Choose the worktree to open in a new window',
          isFit: (candidate) => candidate !== context.windowEntry && candidate.worktree.prunable === undefined,
          none: 'There is no other worktree. "Coppice: Create Worktree…" makes one.',
        });
  if (entry) await openFolder(entry.worktree.path);
};
