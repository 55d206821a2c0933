import * as vscode from 'vscode';
import type { CommandContext } from '../context/commandContext';
import { isSameOrInside, parentFolder } from '../editor/paths';
import { linkless } from '../editor/text';

/** Windows in which it was said: once is enough. */
const told = new WeakSet<CommandContext>();

const neverKey = 'coppice.trustNotice.never';
const trustAll = 'Trust the Folder of All Worktrees';
const never = "Don't Show Again";

/**
 * Says, once a window, that the window which a create opens asks whether its folder is trusted, and starts nothing before it is. No
 * extension may ask what a person trusts elsewhere, or add to it: the button opens the editor's own list of trusted folders, and says
 * what to do there. Resolves once it is said; never rejects.
 *
 * @param folderOf the folder of the worktree that is to be made
 */
export async function tellOfTrust(context: CommandContext, folderOf: () => Promise<string>): Promise<void> {
  if (told.has(context) || !isAsked(context)) return;
  const failed = (error: unknown): void =>
    context.dependencies.log.debug(`Nothing was said of trust: ${String(error)}`);
  try {
    const folder = await folderOf();
    // A folder inside of one that the window has is trusted with it.
    if (context.folders.some((own) => isSameOrInside(folder, own))) return;
    told.add(context);
    // The create does not wait for an answer.
    void offer(context, parentFolder(folder)).catch(failed);
  } catch (error) {
    failed(error);
  }
}

function isAsked({ remembered }: CommandContext): boolean {
  const { isTrusted } = vscode.workspace;
  const isOn = vscode.workspace.getConfiguration('security.workspace.trust').get('enabled') !== false;
  return isTrusted && isOn && remembered.get(neverKey) !== true;
}

async function offer({ remembered }: CommandContext, folder: string): Promise<void> {
  const message =
    'The new window asks whether you trust its folder, and starts neither environment nor agent before you do. ' +
    `To be asked no more for worktrees of this repository, trust the folder that they are in: ${folder}`;
  const chosen = await vscode.window.showInformationMessage(linkless(message), trustAll, never);
  if (chosen === never) await remembered.update(neverKey, true);
  if (chosen !== trustAll) return;
  await vscode.env.clipboard.writeText(folder);
  await vscode.commands.executeCommand('workbench.trust.manage');
  const way = `In the list "Trusted Folders & Workspaces" choose "Add Folder", and there ${folder}: its path is on the clipboard.`;
  await vscode.window.showInformationMessage(linkless(way));
}
