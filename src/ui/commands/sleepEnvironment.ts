import * as vscode from 'vscode';
import { runWithProgress } from '../report/progress';
import { targetWorktree } from '../context/prompts';
import { plainLine } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** Ends what runs of an environment, until somebody wants it again. */
export const sleepEnvironment: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose environment to put to sleep',
    isFit: ({ environment }) => environment?.services.some(({ desired }) => desired > 0) === true,
    none: 'No worktree has an environment that is awake.',
  });
  if (!entry) return;
  const { path } = entry.worktree;
  const { environments, log } = context.dependencies;
  const name = plainWorktreeName(entry);
  const title = `Putting ${name} to sleep`;
  const { awake } = await runWithProgress(title, environments.sleep, { folder: path, path }, log);
  if (awake.length === 0) return;
  const what = `${awake.join(', ')} of ${name} does not sleep: what it keeps is in no volume, and would be lost.`;
  void vscode.window.showInformationMessage(plainLine(what));
};
