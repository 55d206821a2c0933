import * as vscode from 'vscode';
import { targetUrl } from '../context/prompts';
import { explainOnce, troubleOf } from '../report/urlNotice';
import type { CommandHandler } from '../context/commandContext';

export const copyUrl: CommandHandler = async (context, argument) => {
  const url = await targetUrl(context, argument, 'Choose the worktree whose URL to copy');
  if (url === undefined) return;
  await vscode.env.clipboard.writeText(url);
  void explainOnce(context, await troubleOf(context, url));
};
