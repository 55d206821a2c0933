import * as vscode from 'vscode';
import type { CleanupOutcome } from '../../app/cleanup/cleanUp';
import type { CleanupRow } from '../../app/cleanup/cleanupRow';
import { protectionsText, sizeText } from '../../app/cleanup/cleanupText';
import { deleteRemarks } from '../../app/view/deleteRemarks';
import { plural } from '../../core/plural';
import type { CommandContext } from '../context/commandContext';
import { repositoryFolder } from '../create/createFlow';
import { sweepQuietly } from '../delete/sweepQuietly';
import { readSettings } from '../editor/settings';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';
import { cleanupFacts, cleanupItems } from './cleanupItems';

/** Shows what all worktrees take and why they stay, and removes those that are chosen and confirmed. */
export async function cleanUpInteractively(context: CommandContext): Promise<void> {
  const { cleanup, log } = context.dependencies;
  const scope = { folder: await repositoryFolder(context), here: context.folders };
  const { rows } = await runWithProgress('Looking at the worktrees', cleanup.list, scope, log);
  const now = Date.now();
  const items = cleanupItems(rows, now);
  const free = rows.filter(({ protections }) => protections.length === 0).length;
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Clean Up Worktrees',
    placeHolder: free === 0 ? 'Nothing can go: each says why it stays' : 'Choose the worktrees to remove',
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const chosen = (picked ?? []).flatMap(({ row }) => row ?? []);
  if (chosen.length === 0 || !(await confirm(chosen, now))) return;
  const seen = chosen.filter(isFree);
  const paths = seen.map(({ worktree }) => worktree.path);
  const title = `Removing ${plural(paths.length, 'worktree')}`;
  const { outcomes } = await runWithProgress(title, cleanup.remove, { ...scope, paths, seen }, log);
  void sweepQuietly(context.dependencies, scope.folder);
  await tell(outcomes);
}

function isFree({ protections }: CleanupRow): boolean {
  return protections.length === 0;
}

/** Says what goes, and of what was chosen as well why it stays. Nothing goes without it. */
async function confirm(chosen: readonly CleanupRow[], now: number): Promise<boolean> {
  const going = chosen.filter(isFree);
  const staying = chosen.filter((row) => !isFree(row));
  const stays = staying.map(({ view, protections }) => `• ${view.name}: ${protectionsText(protections)}`);
  if (going.length === 0) {
    const detail = linkless([...stays, 'Delete on its row asks for each loss by name.'].join('\n'));
    await vscode.window.showWarningMessage('None of these can go.', { modal: true, detail });
    return false;
  }
  const bytes = going.reduce((sum, { size }) => sum + (size?.bytes ?? 0), 0);
  const isCut = going.some(({ size }) => size?.isCut !== false);
  const hours = readSettings()['trash.hours'];
  const detail = [
    ...going.map((row) => `• ${row.view.name}: ${cleanupFacts(row, now)}`),
    ...(stays.length === 0 ? [] : ['These stay:', ...stays]),
    'Environments go with their worktrees.',
    hours > 0 ? `Undo Delete brings worktrees back for ${plural(hours, 'hour')}.` : 'This cannot be undone.',
  ];
  const button = 'Remove';
  const question = `Remove ${plural(going.length, 'worktree')}, ${sizeText({ bytes, isCut })}?`;
  const options = { modal: true, detail: linkless(detail.join('\n')) };
  return (await vscode.window.showWarningMessage(question, options, button)) === button;
}

async function tell(outcomes: readonly CleanupOutcome[]): Promise<void> {
  const removed = outcomes.filter(({ kind }) => kind === 'removed').length;
  const others = outcomes.flatMap((outcome) => {
    const name = outcome.worktree.branch ?? outcome.worktree.path;
    if (outcome.kind === 'kept') return `${name} stays: ${protectionsText(outcome.protections)}.`;
    return outcome.kind === 'failed' ? `${name} was not removed: ${outcome.error.message}` : [];
  });
  const remarks = outcomes.flatMap((outcome) => {
    const name = outcome.worktree.branch ?? outcome.worktree.path;
    return outcome.kind === 'removed' ? deleteRemarks(outcome.result).map((remark) => `${name}: ${remark}`) : [];
  });
  const message = linkless([`${plural(removed, 'worktree')} removed.`, ...others, ...remarks].join(' '));
  const canUndo = outcomes.some((outcome) => outcome.kind === 'removed' && outcome.result.undo !== undefined);
  const buttons = canUndo ? ['Undo Delete…'] : [];
  const answer =
    others.length > 0
      ? await vscode.window.showWarningMessage(message, ...buttons)
      : await vscode.window.showInformationMessage(message, ...buttons);
  if (answer !== undefined) await vscode.commands.executeCommand('coppice.undoDelete');
}
