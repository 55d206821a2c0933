import { openUrl as openInBrowser } from '../open';
import { targetUrl } from '../prompts';
import type { CommandHandler } from './context';

export const openUrl: CommandHandler = async (context, argument) => {
  const url = await targetUrl(context, argument, 'Choose the worktree whose URL to open');
  if (url !== undefined) await openInBrowser(url);
};
