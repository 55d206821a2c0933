import { pickWorktree, targetWorktree } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** Draws another environment on the axes of a worktree's dashboard. */
export const compareDashboard: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose dashboard shows both',
    isFit: ({ environment }) => environment !== undefined,
    none: 'No worktree has an environment yet.',
  });
  if (!entry) return;
  const { path } = entry.worktree;
  const other = await pickWorktree(context, {
    placeholder: `Choose the environment to compare ${plainWorktreeName(entry)} with; nothing is changed`,
    isFit: ({ environment, worktree }) => environment !== undefined && worktree.path !== path,
    none: 'No other worktree has an environment to compare with.',
  });
  if (other) await context.openDashboard(path, other.worktree.path);
};
