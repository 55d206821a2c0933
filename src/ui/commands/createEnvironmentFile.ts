import * as vscode from 'vscode';
import { environmentFileName } from '../../core/environmentFile';
import { repositoryFolder } from '../create/createFlow';
import { folderUri } from '../editor/open';
import { openProposal } from '../environmentFile/openProposal';
import type { CommandHandler } from '../context/commandContext';

/** Never overwrites: a file that is there is opened as it is; else the proposal is opened, and written when it is saved. */
export const createEnvironmentFile: CommandHandler = async (context) => {
  const folder = context.windowEntry?.worktree.path ?? (await repositoryFolder(context));
  const uri = vscode.Uri.joinPath(folderUri(folder), environmentFileName);
  const isThere = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (isThere) {
    await vscode.window.showTextDocument(uri);
    return context.refresh();
  }
  return openProposal(context.dependencies, folder, uri);
};
