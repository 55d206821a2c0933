import { needsCreate } from '../../app/view/needsCreate';
import { updateEnvironmentOf } from '../create/createFlow';
import { targetWorktree } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** Brings an environment to what coppice.yaml says now; what it counts in its database stays. */
export const updateEnvironment: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose environment to update',
    isFit: (entry) => entry.environment?.terminating === false && !needsCreate(entry, context.snapshot),
    none: 'No worktree has an environment.',
  });
  if (entry) await updateEnvironmentOf(context, entry.worktree.path, plainWorktreeName(entry));
};
