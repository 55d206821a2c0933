import * as vscode from 'vscode';
import type { DeleteResult } from '../../app/environment/requests';
import { deleteRemarks } from '../../app/view/deleteRemarks';
import { isAppError, type AppError } from '../../core/errors';
import type { WorktreeEntry } from '../../core/model';
import type { CommandContext } from '../context/commandContext';
import { openFolder } from '../editor/open';
import { readSettings } from '../editor/settings';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';
import { act } from '../report/remedies';
import { plainWorktreeName } from '../editor/windowEntry';
import { sweepQuietly } from './sweepQuietly';
import { undoInteractively } from './undoInteractively';
import { programsAtWork } from './programsAtWork';
import { firstQuestion, lossQuestion, teardownQuestion, type ModalQuestion } from './deleteQuestions';

/** Asks, deletes, and asks again by the name of each loss for as long as the use case finds one that nobody accepted. */
export async function deleteInteractively(context: CommandContext, entry: WorktreeEntry): Promise<void> {
  const isOfWindow = context.windowEntry?.worktree.path === entry.worktree.path;
  const root = context.snapshot.repository?.root;
  const { path } = entry.worktree;
  const { environments, log } = context.dependencies;
  const programs = await programsAtWork(environments, [entry]);
  let options = await ask(firstQuestion(entry, programs.get(path)));
  while (options) {
    const what = options.environmentOnly ? 'the environment of' : 'worktree';
    // Not from the worktree itself, whose folder may be gone already.
    const request = { folder: root ?? path, path, ...options };
    try {
      const result: DeleteResult = await runWithProgress(
        `Deleting ${what} ${plainWorktreeName(entry)}`,
        environments.delete,
        request,
        log,
      );
      void sweepQuietly(context.dependencies, request.folder);
      // A window on a folder that is gone is of no use.
      if (isOfWindow && result.worktree === 'deleted' && root !== undefined) await openFolder(root, 'thisWindow');
      else await tellWayBack(context, request.folder, plainWorktreeName(entry), result);
      return;
    } catch (error) {
      if (!isAppError(error, 'conflict') || error.losses.length === 0) throw error;
      const answer = await ask(
        error.losses.some(({ kind }) => kind === 'teardown')
          ? teardownQuestion(entry, options, error)
          : lossQuestion(entry, options, error.losses, readSettings()['trash.hours'] > 0),
      );
      if (answer === 'log') return showRemedy(error, context);
      if (answer === 'look') return openFolder(path);
      options = answer;
    }
  }
}

/** Where it can be undone, and what is left to lead to commits. */
async function tellWayBack(
  context: CommandContext,
  folder: string,
  name: string,
  { undo, ...result }: DeleteResult,
): Promise<void> {
  const remarks = deleteRemarks(result);
  if (undo === undefined && remarks.length === 0) return;
  const message = [`The worktree ${name} is deleted.`, ...remarks].join(' ');
  const button = 'Undo Delete';
  const chosen = await vscode.window.showInformationMessage(linkless(message), ...(undo === undefined ? [] : [button]));
  if (chosen === button && undo !== undefined) await undoInteractively(context, folder, { id: undo, name });
}

async function showRemedy({ remedy }: AppError, context: CommandContext): Promise<void> {
  if (remedy && remedy.action.kind !== 'retry') await act(remedy.action, context);
}

async function ask<Answer>(question: ModalQuestion<Answer>): Promise<Answer | undefined> {
  const { message, detail, buttons } = question;
  const titles = buttons.map(({ title }) => title);
  const chosen = await vscode.window.showWarningMessage(linkless(message), { modal: true, detail }, ...titles);
  return buttons.find(({ title }) => title === chosen)?.answer;
}
