import { openFolder } from '../editor/open';
import { pickWorktree } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';

/** Like opening, but in this window. */
export const switchWorktree: CommandHandler = async (context) => {
  const entry = await pickWorktree(context, {
    placeholder: 'Choose the worktree to switch this window to',
    isFit: (candidate) => candidate !== context.windowEntry && candidate.worktree.prunable === undefined,
    none: 'There is no other worktree. "Coppice: Create Worktree…" makes one.',
  });
  if (entry) await openFolder(entry.worktree.path, 'thisWindow');
};
