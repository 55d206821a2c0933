import * as vscode from 'vscode';
import type { CommandContext } from '../context/commandContext';
import { linkless, plainLine } from '../editor/text';
import { runWithProgress } from './progress';

/** Ends what runs of an environment, and tells what goes on running. @param path the worktree's folder */
export async function sleepInteractively(context: CommandContext, name: string, path: string): Promise<void> {
  const { environments, log } = context.dependencies;
  const title = `Putting ${name} to sleep`;
  const { awake } = await runWithProgress(title, environments.sleep, { folder: path, path }, log);
  if (awake.length === 0) return;
  const what = `${awake.join(', ')} of ${name} does not sleep: what it keeps is in no volume, and would be lost.`;
  void vscode.window.showInformationMessage(linkless(plainLine(what)));
}
