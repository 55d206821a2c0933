import { inTurn } from '../report/inTurn';
import { sleepInteractively } from '../report/sleepInteractively';
import { targetWorktrees } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** Ends what runs of environments, until somebody wants them again. */
export const sleepEnvironment: CommandHandler = async (context, argument, selected = []) => {
  const entries = await targetWorktrees(context, argument, selected, {
    placeholder: 'Choose the worktree whose environment to put to sleep',
    isFit: ({ environment }) => environment?.services.some(({ desired }) => desired > 0) === true,
    none: 'No worktree has an environment that is awake.',
  });
  await inTurn(entries, plainWorktreeName, (entry) =>
    sleepInteractively(context, plainWorktreeName(entry), entry.worktree.path),
  );
};
