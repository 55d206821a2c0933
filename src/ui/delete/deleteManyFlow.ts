import * as vscode from 'vscode';
import type { DeleteLook } from '../../app/environment/delete/lookAtDelete';
import type { DeleteResult } from '../../app/environment/requests';
import { eachOf } from '../../app/run/eachOf';
import { deleteRemarks } from '../../app/view/deleteRemarks';
import { isAbort, toAppError } from '../../core/errors';
import type { WorktreeEntry } from '../../core/model';
import { ownBranch } from '../../core/worktrees/ownBranch';
import { plural } from '../../core/text/plural';
import type { CommandContext } from '../context/commandContext';
import { openFolder } from '../editor/open';
import { readSettings } from '../editor/settings';
import { linkless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { runWithProgress } from '../report/progress';
import { manyQuestion, type LookedAtEntry } from './manyQuestion';
import { programsAtWork } from './programsAtWork';
import { sweepQuietly } from './sweepQuietly';

const looksAtOnce = 4;

/** Looks what would be lost with each of several, asks once for all of them, and deletes those that were said yes to; each loss is accepted by its name. */
export async function deleteManyInteractively(
  context: CommandContext,
  entries: readonly WorktreeEntry[],
): Promise<void> {
  const root = context.snapshot.repository?.root;
  if (root === undefined) return;
  const looked = await lookAtAll(context, root, entries);
  const question = manyQuestion(looked, readSettings()['trash.hours'] > 0);
  const options = { modal: true, detail: question.detail };
  const titles = question.buttons.map(({ title }) => title);
  const chosen = await vscode.window.showWarningMessage(linkless(question.message), options, ...titles);
  const answer = question.buttons.find(({ title }) => title === chosen)?.answer;
  if (answer === undefined) return;
  if (answer.kind === 'look') return openFolder(answer.entry.worktree.path);
  await deleteEach(context, root, answer.entries);
}

async function lookAtAll(
  { dependencies }: CommandContext,
  folder: string,
  entries: readonly WorktreeEntry[],
): Promise<readonly LookedAtEntry[]> {
  const { environments, log } = dependencies;
  return runWithProgress(
    `Looking at ${plural(entries.length, 'worktree')}`,
    async (input, run) => {
      const atWork = programsAtWork(environments, entries);
      const look = await environments.lookAtDelete(input, run);
      const looked = await eachOf(entries, looksAtOnce, run.signal, async (entry) => ({
        entry,
        look: await look({ path: entry.worktree.path, ...optionsOf(entry) }, run.signal),
      }));
      const programs = await atWork;
      return looked.map((one) => ({ ...one, programs: programs.get(one.entry.worktree.path) }));
    },
    { folder },
    log,
  );
}

/** The main worktree stays, as does a branch that Coppice has not made. */
function optionsOf({ worktree, identity }: WorktreeEntry): { environmentOnly: boolean; keepBranch: boolean } {
  return { environmentOnly: worktree.isMain, keepBranch: ownBranch(worktree, identity) === undefined };
}

async function deleteEach(context: CommandContext, folder: string, looked: readonly LookedAtEntry[]): Promise<void> {
  const { environments, log } = context.dependencies;
  const ofWindow = context.windowEntry?.worktree.path;
  // The window's own goes last: with its folder goes the window.
  const inOrder = [...looked].sort((a, b) => Number(isAt(a, ofWindow)) - Number(isAt(b, ofWindow)));
  const results: { readonly name: string; readonly result: DeleteResult; readonly path: string }[] = [];
  const failures: string[] = [];
  const title = `Deleting ${plural(looked.length, 'worktree')}`;
  await runWithProgress(
    title,
    async (input, run) => {
      for (const { entry, look } of inOrder) {
        const name = plainWorktreeName(entry);
        const { path } = entry.worktree;
        const accepted = acceptedOf(look);
        try {
          const request = { ...input, path, ...optionsOf(entry), accepted };
          results.push({ name, path, result: await environments.delete(request, run) });
        } catch (error) {
          if (isAbort(error)) throw error;
          failures.push(`${name} stays: ${toAppError(error).message}`);
        }
      }
    },
    { folder },
    log,
  ).catch((error: unknown) => {
    // What was deleted until then is told all the same.
    if (!isAbort(error) || results.length === 0) throw error;
  });
  void sweepQuietly(context.dependencies, folder);
  const isWindowGone = results.some(({ path, result }) => path === ofWindow && result.worktree === 'deleted');
  await tell(results, failures, isWindowGone);
  if (isWindowGone) await openFolder(folder, 'thisWindow');
}

function isAt({ entry }: LookedAtEntry, path: string | undefined): boolean {
  return entry.worktree.path === path;
}

function acceptedOf({ losses }: DeleteLook): DeleteLook['losses'][number]['kind'][] {
  return [...new Set(losses.map(({ kind }) => kind))];
}

/** @param isWindowGone the window is about to go, and a notification with it: what a person must know is told before, and nothing else is */
async function tell(
  results: readonly { readonly name: string; readonly result: DeleteResult }[],
  failures: readonly string[],
  isWindowGone: boolean,
): Promise<void> {
  const done = `${plural(results.length, 'worktree')} ${results.length === 1 ? 'is' : 'are'} deleted.`;
  const remarks = results.flatMap(({ name, result }) => deleteRemarks(result).map((remark) => `${name}: ${remark}`));
  if (isWindowGone) {
    const detail = [...failures, ...remarks].map(linkless).join('\n');
    if (detail !== '') await vscode.window.showWarningMessage(linkless(done), { modal: true, detail });
    return;
  }
  const message = linkless([done, ...failures, ...remarks].join(' '));
  const buttons = results.some(({ result }) => result.undo !== undefined) ? ['Undo Delete…'] : [];
  const show = failures.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  if ((await show(message, ...buttons)) !== undefined) await vscode.commands.executeCommand('coppice.undoDelete');
}
