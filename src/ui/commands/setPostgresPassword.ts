import * as vscode from 'vscode';
import type { CommandHandler } from '../context/commandContext';

/** The password of the server that the setting `coppice.postgres.url` names; an empty one forgets it. */
export const setPostgresPassword: CommandHandler = async (context) => {
  const password = await vscode.window.showInputBox({
    title: 'Set PostgreSQL Password',
    prompt:
      'Of the server that the setting coppice.postgres.url names. It is kept in the secret storage; leave it empty to forget it.',
    password: true,
    ignoreFocusOut: true,
  });
  if (password !== undefined)
    await context.dependencies.secrets.storePostgresPassword(password === '' ? undefined : password);
};
