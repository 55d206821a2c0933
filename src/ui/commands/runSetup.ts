import * as vscode from 'vscode';
import { plural } from '../../core/text/plural';
import { runWithProgress } from '../report/progress';
import { targetWorktree } from '../context/prompts';
import { linkless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** Runs all setup commands of a worktree again: whoever asks for it has a reason that no file tells. */
export const runSetup: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose setup commands to run',
    isFit: ({ worktree }) => worktree.prunable === undefined,
    none: 'There is no worktree.',
  });
  if (!entry) return;
  const { environments, log } = context.dependencies;
  const name = plainWorktreeName(entry);
  const request = { folder: entry.worktree.path, force: true };
  const { ran } = await runWithProgress(`Setting up ${name}`, environments.setup, request, log);
  void vscode.window.showInformationMessage(linkless(`${plural(ran, 'setup command')} of ${name} ran.`));
};
