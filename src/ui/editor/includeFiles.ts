import * as vscode from 'vscode';

/** What the editor's own git copies of ignored files into the worktrees that it makes. */
export function includeFiles(): string[] {
  const said: unknown = vscode.workspace.getConfiguration('git').get('worktreeIncludeFiles');
  const all: readonly unknown[] = Array.isArray(said) ? said : [];
  return all.filter((glob) => typeof glob === 'string').filter((glob) => glob !== '');
}
