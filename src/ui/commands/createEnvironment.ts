import { needsCreate } from '../../app/view/needsCreate';
import { createEnvironmentFor } from '../create/createFlow';
import { targetWorktree } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

export const createEnvironment: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree that gets an environment',
    isFit: (entry) => needsCreate(entry, context.snapshot) && entry.worktree.prunable === undefined,
    none: 'Every worktree has an environment.',
  });
  if (entry) await createEnvironmentFor(context, entry.worktree.path, plainWorktreeName(entry));
};
