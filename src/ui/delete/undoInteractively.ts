import * as vscode from 'vscode';
import { goneText } from '../../app/view/undoneText';
import type { CommandContext } from '../context/commandContext';
import { createEnvironmentFor } from '../create/createFlow';
import { openFolder } from '../editor/open';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';

/** Undoes a delete, and says what did not come back with it. */
export async function undoInteractively(
  context: CommandContext,
  folder: string,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<void> {
  const { environments, log } = context.dependencies;
  const title = `Bringing back the worktree ${name}`;
  const undone = await runWithProgress(title, environments.undoDelete, { folder, id }, log);
  const { path } = undone.worktree;
  const gone = goneText(undone);
  const message = [`The worktree ${name} is back in ${path}.`, gone && `${gone} Create Environment makes a new one.`]
    .filter(Boolean)
    .join(' ');
  const buttons = ['Open Worktree', ...(gone === undefined ? [] : ['Create Environment'])];
  const chosen = await vscode.window.showInformationMessage(linkless(message), ...buttons);
  if (chosen === 'Open Worktree') await openFolder(path);
  if (chosen === 'Create Environment') await createEnvironmentFor(context, path, name);
}
