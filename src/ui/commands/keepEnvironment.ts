import type { CommandHandler } from '../context/commandContext';
import { targetWorktree } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import { runWithProgress } from '../report/progress';

/** Takes back that an environment goes by itself: it counts as used now. */
export const keepEnvironment: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose environment to keep',
    isFit: ({ goes }) => goes !== undefined,
    none: 'No environment goes by itself soon.',
  });
  if (!entry) return;
  const { cleanup, log } = context.dependencies;
  const paths = [entry.worktree.path];
  await runWithProgress(`Keeping ${plainWorktreeName(entry)}`, cleanup.keep, { paths }, log);
  await context.refresh();
};
