import { addressesOf } from '../../app/view/addresses';
import { targetWorktree } from '../context/prompts';
import { troubleOf } from '../report/urlNotice';
import type { CommandHandler } from '../context/commandContext';

export const showStatus: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose status to show',
    isFit: () => true,
    none: 'There is no worktree.',
  });
  if (!entry) return;
  const url = addressesOf(entry.environment?.services ?? [])[0]?.url;
  const trouble = url === undefined ? undefined : await troubleOf(context, url);
  await context.statusDocuments.show(entry, trouble?.message);
};
