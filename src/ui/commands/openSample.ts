import * as vscode from 'vscode';
import { runWithProgress } from '../report/progress';
import { openFolder } from '../editor/open';
import type { CommandHandler } from '../context/commandContext';

/** Puts the sample where a person wants it, and opens it; one that is there already is only opened. */
export const openSample: CommandHandler = async ({ dependencies: { samples, log }, folders }) => {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Try It on a Sample',
    openLabel: 'Put the Sample Here',
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
  });
  const parent = chosen?.[0]?.fsPath;
  if (parent === undefined) return;
  const path = await runWithProgress('Making the sample', samples.make, { parent }, log);
  await openFolder(path, folders.length === 0 ? 'thisWindow' : 'newWindow');
};
