import { temporalPage } from '../../app/view/temporalPage';
import type { CommandHandler } from '../context/commandContext';
import { targetWorktree } from '../context/prompts';
import { openExternally } from '../editor/open';

export const openTemporal: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose workflows to see',
    isFit: ({ environment }) => environment?.temporal !== undefined,
    none: 'No worktree has an environment with a namespace in Temporal.',
  });
  if (entry) await openExternally(temporalPage(entry));
};
