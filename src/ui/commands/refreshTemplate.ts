import * as vscode from 'vscode';
import { runWithProgress } from '../report/progress';
import { targetWorktree } from '../context/prompts';
import { linkless } from '../editor/text';
import type { CommandHandler } from '../context/commandContext';

/** Builds the template database of a repository anew; databases that environments have stay as they are. */
export const refreshTemplate: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose coppice.yaml says how the template is built',
    isFit: () => true,
    none: 'There is no worktree.',
  });
  if (!entry) return;
  const { databases, log } = context.dependencies;
  const { name } = await runWithProgress(
    'Building the template database',
    databases.refreshTemplate,
    { folder: entry.worktree.path },
    log,
  );
  const message = `The template ${name} is built anew. Databases that environments have stay as they are.`;
  void vscode.window.showInformationMessage(linkless(message));
};
