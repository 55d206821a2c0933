import { worktreeFilters } from '../../app/view/worktreeFilter';
import type { CommandHandler } from '../context/commandContext';

/** The argument is what is shown alone: a command each has one. The same once more, or none, shows all again. */
export const showFiltered: CommandHandler = async ({ list }, argument) => {
  const filter = worktreeFilters.find((each) => each === argument);
  await list.show(filter === list.filter ? undefined : filter);
};
