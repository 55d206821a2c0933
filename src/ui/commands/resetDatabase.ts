import * as vscode from 'vscode';
import { targetDatabase } from '../database/targetDatabase';
import { tellReplaced } from '../database/tellReplaced';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** Makes an environment's database anew from its template; what it has now becomes a snapshot. */
export const resetDatabase: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose database to reset');
  if (!target) return;
  const { name, at } = target;
  const detail =
    'It becomes a new clone of its template. What it has now is kept as a snapshot, which Restore Database brings back. Services sleep meanwhile.';
  const reset = 'Reset Database';
  const question = `Reset the database of ${name}?`;
  if ((await vscode.window.showWarningMessage(linkless(question), { modal: true, detail }, reset)) !== reset) return;
  const { databases, log } = context.dependencies;
  const replaced = await runWithProgress(`Resetting the database of ${name}`, databases.reset, at, log);
  await tellReplaced(context, target, `The database of ${name} is a new clone of ${replaced.template}.`, replaced);
};
