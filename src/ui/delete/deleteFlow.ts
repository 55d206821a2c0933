import * as vscode from 'vscode';
import type { DeleteResult } from '../../app/environment/requests';
import { isAppError } from '../../core/errors';
import type { WorktreeEntry } from '../../core/model';
import type { CommandContext } from '../context/commandContext';
import { openFolder } from '../editor/open';
import { runWithProgress } from '../report/progress';
import { worktreeName } from '../editor/windowEntry';
import { firstQuestion, lossQuestion, type ModalQuestion } from './deleteQuestions';

/** Asks, deletes, and asks again by the name of each loss for as long as the use case finds one that nobody accepted. */
export async function deleteInteractively(context: CommandContext, entry: WorktreeEntry): Promise<void> {
  const isOfWindow = context.windowEntry?.worktree.path === entry.worktree.path;
  const root = context.snapshot.repository?.root;
  const { path } = entry.worktree;
  const { environments, log } = context.dependencies;
  let options = await ask(firstQuestion(entry));
  while (options) {
    const what = options.environmentOnly ? 'the environment of' : 'worktree';
    // Not from the worktree itself, whose folder may be gone already.
    const request = { folder: root ?? path, path, ...options };
    try {
      const result: DeleteResult = await runWithProgress(
        `Deleting ${what} ${worktreeName(entry)}`,
        environments.delete,
        request,
        log,
      );
      // A window on a folder that is gone is of no use.
      if (isOfWindow && result.worktree === 'deleted' && root !== undefined) await openFolder(root, 'thisWindow');
      return;
    } catch (error) {
      if (!isAppError(error, 'conflict') || error.losses.length === 0) throw error;
      const answer = await ask(lossQuestion(entry, options, error.losses));
      if (answer === 'look') return openFolder(path);
      options = answer;
    }
  }
}

async function ask<Answer>(question: ModalQuestion<Answer>): Promise<Answer | undefined> {
  const { message, detail, buttons } = question;
  const titles = buttons.map(({ title }) => title);
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...titles);
  return buttons.find(({ title }) => title === chosen)?.answer;
}
