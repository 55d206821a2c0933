import * as vscode from 'vscode';
import { targetWorktree } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';
import { folderUri } from '../editor/open';
import { plainWorktreeName } from '../editor/windowEntry';

/** A shell in the worktree's folder with the variables of its environment, whichever window it is opened in. */
export const openTerminal: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree to open a terminal in',
    isFit: ({ worktree }) => worktree.prunable === undefined,
    none: 'There is no worktree whose folder is there.',
  });
  if (!entry) return;
  const { path } = entry.worktree;
  const variables = await context.dependencies.environments.variables(path, AbortSignal.timeout(10_000));
  const terminal = vscode.window.createTerminal({
    name: plainWorktreeName(entry),
    cwd: folderUri(path),
    env: { ...variables },
    iconPath: new vscode.ThemeIcon('terminal'),
    isTransient: true,
  });
  terminal.show();
};
