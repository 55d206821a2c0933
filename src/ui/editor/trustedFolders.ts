import * as vscode from 'vscode';

/** Folders of the window whose own files the person trusts. What other branches and folders say is asked about. */
export function trustedFolders(): string[] {
  if (!vscode.workspace.isTrusted) return [];
  const folders = vscode.workspace.workspaceFolders ?? [];
  // A folder of another file system has a path, too, which here is somebody else's.
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}
