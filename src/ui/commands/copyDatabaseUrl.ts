import * as vscode from 'vscode';
import { targetDatabase } from '../database/targetDatabase';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** It holds a password: it goes to the clipboard and nowhere else. */
export const copyDatabaseUrl: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose database URL to copy');
  if (!target) return;
  const { name, at } = target;
  const { databases, log } = context.dependencies;
  const title = `Looking up the database of ${name}`;
  await vscode.env.clipboard.writeText(await runWithProgress(title, databases.url, { folder: at.folder }, log));
  vscode.window.setStatusBarMessage('Database URL copied, password included', 5000);
};
