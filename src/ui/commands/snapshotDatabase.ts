import * as vscode from 'vscode';
import { assertSnapshotName } from '../../core/databases/databaseSnapshots';
import { toAppError } from '../../core/errors';
import { targetDatabase } from '../database/targetDatabase';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** Keeps the present state of an environment's database under a name. */
export const snapshotDatabase: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose database to take a snapshot of');
  if (!target) return;
  const { name: worktree, at } = target;
  const name = await vscode.window.showInputBox({
    title: `Snapshot the Database of ${worktree}`,
    prompt: 'What to call it. Services lose their connections to the database for the copy, and go on.',
    placeHolder: 'letters, digits, ".", "_" and "-"',
    validateInput: (text) => (text === '' ? undefined : nameProblem(text)),
    ignoreFocusOut: true,
  });
  if (name === undefined || name === '') return;
  const { databases, log } = context.dependencies;
  const title = `Taking the snapshot ${name} of the database of ${worktree}`;
  await runWithProgress(title, databases.takeSnapshot, { ...at, name }, log);
  const message = `The snapshot ${name} of the database of ${worktree} is taken.`;
  void vscode.window.showInformationMessage(linkless(message));
};

function nameProblem(name: string): string | undefined {
  try {
    assertSnapshotName(name);
    return undefined;
  } catch (error) {
    return toAppError(error).message;
  }
}
