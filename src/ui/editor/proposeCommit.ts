import * as vscode from 'vscode';
import { folderUri } from './open';

/** What is used of the API of the editor's own git extension (extensions/git/src/api/git.d.ts, version 1, VS Code 1.109). */
interface GitExtension {
  getAPI(version: 1): {
    openRepository(root: vscode.Uri): Promise<GitRepository | null>;
    getRepository(uri: vscode.Uri): GitRepository | null;
  };
}

interface GitRepository {
  readonly inputBox: { value: string };
  add(paths: string[]): Promise<void>;
}

/**
 * Shows Source Control with the file staged and a message beside it: the commit itself is left to the person. Where the editor has no git, Source Control alone.
 *
 * @param folder the worktree that has the file
 */
export async function proposeCommit(folder: string, file: string, message: string): Promise<void> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = extension && (await extension.activate()).getAPI(1);
  const root = folderUri(folder);
  const repository = git && (git.getRepository(root) ?? (await git.openRepository(root)));
  if (repository) {
    await repository.add([vscode.Uri.joinPath(root, file).fsPath]);
    if (repository.inputBox.value === '') repository.inputBox.value = message;
  }
  await vscode.commands.executeCommand('workbench.view.scm');
}
