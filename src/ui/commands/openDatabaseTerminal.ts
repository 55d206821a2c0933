import * as vscode from 'vscode';
import { targetDatabase } from '../database/targetDatabase';
import { folderUri } from '../editor/open';
import { plainLine } from '../editor/text';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** psql on an environment's database, with the rights of its own role. */
export const openDatabaseTerminal: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose database to open a terminal on');
  if (!target) return;
  const { name, at } = target;
  const { databases, log } = context.dependencies;
  const title = `Connecting to the database of ${name}`;
  const { file, argv, variables } = await runWithProgress(title, databases.psql, { folder: at.folder }, log);
  // What is null is taken out of the environment that terminals have.
  const env = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, value ?? null]));
  vscode.window
    .createTerminal({
      name: `${plainLine(name)} · psql`,
      cwd: folderUri(at.path),
      env,
      shellPath: file,
      shellArgs: [...argv],
      iconPath: new vscode.ThemeIcon('database'),
      isTransient: true,
    })
    .show();
};
