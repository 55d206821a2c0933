import * as vscode from 'vscode';

/** Folders of the window whose own files the person trusts. What other branches and folders say is asked about. */
export function trustedFolders(): string[] {
  if (!vscode.workspace.isTrusted) return [];
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
}
