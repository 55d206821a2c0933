import { AppError } from '../../core/errors';
import { sleepInteractively } from '../report/sleepInteractively';
import type { CommandHandler } from '../context/commandContext';
import { linkless } from '../editor/text';

/** Makes room on this machine: of the repository's environments that run, the one whose worktree nobody has changed for longest. */
export const sleepLeastUsed: CommandHandler = async (context) => {
  if (!context.snapshot.repository) await context.refresh();
  const folder = context.snapshot.repository?.root;
  const least = folder === undefined ? undefined : await context.dependencies.environments.leastUsed(folder);
  if (!least) throw new AppError('notFound', 'No worktree has an environment that is awake.');
  await sleepInteractively(context, linkless(least.name), least.path);
};
