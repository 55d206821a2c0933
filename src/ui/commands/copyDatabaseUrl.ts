import * as vscode from 'vscode';
import { AppError } from '../../core/errors';
import { targetWorktree } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** It holds a password: it goes to the clipboard and nowhere else. */
export const copyDatabaseUrl: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose database URL to copy',
    isFit: ({ environment }) => environment?.database !== undefined,
    none: 'No worktree has an environment with a database.',
  });
  if (!entry) return;
  const variables = await context.dependencies.environments.variables(entry.worktree.path, AbortSignal.timeout(10_000));
  const url = variables?.['DATABASE_URL'];
  if (url === undefined)
    throw new AppError('notFound', `The environment of ${plainWorktreeName(entry)} has no database URL.`);
  await vscode.env.clipboard.writeText(url);
  vscode.window.setStatusBarMessage('Database URL copied, password included', 5000);
};
