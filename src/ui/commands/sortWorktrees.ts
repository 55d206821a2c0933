import { worktreeSorts } from '../../app/view/worktreeOrder';
import type { CommandHandler } from '../context/commandContext';

/** The argument is the order: a command each has one. */
export const sortWorktrees: CommandHandler = async ({ list }, argument) => {
  const sort = worktreeSorts.find((each) => each === argument);
  if (sort !== undefined) await list.sortBy(sort);
};
