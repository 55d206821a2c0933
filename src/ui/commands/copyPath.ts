import * as vscode from 'vscode';
import { targetWorktree } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';

export const copyPath: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose path to copy',
    isFit: () => true,
    none: 'There is no worktree.',
  });
  if (entry) await vscode.env.clipboard.writeText(entry.worktree.path);
};
