import * as vscode from 'vscode';
import { environmentFileName } from '../../core/environmentFile';
import { repositoryFolder } from '../create/createFlow';
import { folderUri } from '../editor/open';
import type { CommandHandler } from '../context/commandContext';

export const openEnvironmentFile: CommandHandler = async (context) => {
  const folder = context.windowEntry?.worktree.path ?? (await repositoryFolder(context));
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folderUri(folder), environmentFileName));
};
