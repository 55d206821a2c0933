import * as vscode from 'vscode';
import { portUrl, reachableUrl } from './links';

/** Opens a worktree's folder in a window of its own, or brings up the one that has it; also on a remote. */
export async function openFolder(path: string, how: 'newWindow' | 'thisWindow' = 'newWindow'): Promise<void> {
  const options = how === 'newWindow' ? { forceNewWindow: true } : { forceReuseWindow: true };
  await vscode.commands.executeCommand('vscode.openFolder', folderUri(path), options);
}

/** The folder where the window's own folders are: on a remote under the same authority. */
export function folderUri(path: string): vscode.Uri {
  const uri = vscode.Uri.file(path);
  const present = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!present || present.scheme === 'file') return uri;
  return uri.with({ scheme: present.scheme, authority: present.authority });
}

/** Opens an environment's URL in the browser; where the extension runs on another machine, through a forwarded port. */
export async function openExternally(url: string): Promise<void> {
  let reachable: string | undefined;
  if (vscode.env.remoteName !== undefined) {
    const forwarded = await vscode.env.asExternalUri(vscode.Uri.parse(portUrl(url)));
    reachable = reachableUrl(url, forwarded.toString(true));
  }
  await vscode.env.openExternal(vscode.Uri.parse(reachable ?? url));
}
