import * as vscode from 'vscode';
import type { CommandHandler } from '../context/commandContext';
import { repositoryFolder } from '../create/createFlow';
import { undoInteractively } from '../delete/undoInteractively';
import { iconless } from '../editor/text';

/** Brings back a worktree that was deleted. */
export const undoDelete: CommandHandler = async (context) => {
  const folder = await repositoryFolder(context);
  const deleted = await context.dependencies.environments.deleted(folder, AbortSignal.timeout(30_000));
  if (deleted.length === 0) {
    void vscode.window.showInformationMessage('The trash is empty: nothing can be brought back.');
    return;
  }
  const items = deleted.map(({ id, path, branch, deletedAt }) => ({
    id,
    label: iconless(branch ?? path),
    description: `deleted ${new Date(deletedAt).toLocaleString()}`,
    detail: iconless(path),
  }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Choose the worktree to bring back' });
  if (chosen) await undoInteractively(context, folder, { id: chosen.id, name: chosen.label });
};
