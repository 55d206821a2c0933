import * as vscode from 'vscode';
import { folderUri } from '../editor/open';
import { targetWorktree } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';

/** Shows the folder in the system's file browser; the manifest hides it where the extension runs elsewhere. */
export const reveal: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose folder to reveal',
    isFit: ({ worktree }) => worktree.prunable === undefined,
    none: 'There is no worktree.',
  });
  if (entry) await vscode.commands.executeCommand('revealFileInOS', folderUri(entry.worktree.path));
};
