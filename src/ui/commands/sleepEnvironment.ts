import { sleepInteractively } from '../report/sleepInteractively';
import { targetWorktree } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** Ends what runs of an environment, until somebody wants it again. */
export const sleepEnvironment: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose environment to put to sleep',
    isFit: ({ environment }) => environment?.services.some(({ desired }) => desired > 0) === true,
    none: 'No worktree has an environment that is awake.',
  });
  if (entry) await sleepInteractively(context, plainWorktreeName(entry), entry.worktree.path);
};
