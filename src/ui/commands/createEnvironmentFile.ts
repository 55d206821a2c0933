import * as vscode from 'vscode';
import { environmentFileName } from '../../core/environmentFile';
import { repositoryFolder } from '../create/createFlow';
import { folderUri } from '../editor/open';
import { starterFile } from '../environmentFile/starterFile';
import type { CommandHandler } from '../context/commandContext';

/** Never overwrites: a file that is there is opened as it is. */
export const createEnvironmentFile: CommandHandler = async (context) => {
  const folder = context.windowEntry?.worktree.path ?? (await repositoryFolder(context));
  const uri = vscode.Uri.joinPath(folderUri(folder), environmentFileName);
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { ignoreIfExists: true, contents: new TextEncoder().encode(starterFile) });
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(uri);
  await context.refresh();
};
