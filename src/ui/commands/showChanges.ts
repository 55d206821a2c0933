import * as vscode from 'vscode';
import { targetWorktree } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';

/** The worktree's changes in Source Control. That of another window is opened there first: the editor's git keeps it beside the window's own. */
export const showChanges: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose changes to show',
    isFit: ({ worktree }) => worktree.prunable === undefined,
    none: 'There is no worktree whose folder is there.',
  });
  if (!entry) return;
  const { path } = entry.worktree;
  if (path !== context.windowEntry?.worktree.path) await vscode.commands.executeCommand('git.openRepository', path);
  await vscode.commands.executeCommand('workbench.view.scm');
};
