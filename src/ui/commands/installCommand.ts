import * as vscode from 'vscode';
import type { LauncherState } from '../../core/ports/launcher';
import type { CommandHandler } from '../context/commandContext';
import { linkless } from '../editor/text';

const copyLine = 'Copy Line';
const remove = 'Remove';

/** Installs it, or where it is installed says so and offers to remove it. */
export const installCommand: CommandHandler = async ({ dependencies: { launcher } }) => {
  const before = await launcher.look();
  const isThere = before.is === 'ours';
  const state = await launcher.install();
  const chosen = await vscode.window.showInformationMessage(
    linkless(told(state, isThere)),
    ...(state.toAdd ? [copyLine] : []),
    ...(isThere ? [remove] : []),
  );
  if (chosen === copyLine && state.toAdd) await vscode.env.clipboard.writeText(state.toAdd.line);
  if (chosen !== remove) return;
  await launcher.remove();
  vscode.window.setStatusBarMessage('The command coppice was removed.', 5000);
};

function told({ file, toAdd }: LauncherState, isThere: boolean): string {
  const is = isThere ? 'is installed' : 'was installed';
  if (!toAdd) return `The command coppice ${is} (${file}): try "coppice list" in a new terminal.`;
  return `The command coppice ${is} (${file}), in a folder that is not on your PATH. Add this line ${toAdd.where}: ${toAdd.line}`;
}
