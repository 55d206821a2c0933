import * as vscode from 'vscode';
import { openExternally } from '../editor/open';
import { targetUrl } from '../context/prompts';
import { explainOnce, refuseUrlElsewhere, troubleOf } from '../report/urlNotice';
import type { CommandHandler } from '../context/commandContext';

export const openUrl: CommandHandler = async (context, argument) => {
  const url = await targetUrl(context, argument, 'Choose the worktree whose URL to open');
  if (url === undefined) return;
  const trouble = await troubleOf(context, url);
  refuseUrlElsewhere(trouble);
  await openExternally(url);
  // On a remote the editor forwards a port, and nobody here needs the name.
  if (vscode.env.remoteName === undefined) void explainOnce(context, trouble);
};
