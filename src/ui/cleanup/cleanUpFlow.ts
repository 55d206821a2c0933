import * as vscode from 'vscode';
import type { CleanupOutcome } from '../../app/cleanup/cleanUp';
import type { CleanupRow } from '../../app/cleanup/cleanupRow';
import { protectionsText, sizeText } from '../../app/cleanup/cleanupText';
import { deleteRemarks } from '../../app/view/deleteRemarks';
import { plural } from '../../core/text/plural';
import type { EmptiedTrash } from '../../app/trash/emptyTrash';
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
    title: 'Clean Up and Free Disk',
    placeHolder: free === 0 ? 'Nothing can go: each says why it stays' : 'Choose the worktrees to remove',
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const chosen = (picked ?? []).flatMap(({ row }) => row ?? []);
  const answer = chosen.length === 0 ? undefined : await confirm(chosen, now);
  if (answer === undefined) return;
  const seen = chosen.filter(isFree);
  const paths = seen.map(({ worktree }) => worktree.path);
  const title = `Removing ${plural(paths.length, 'worktree')}`;
  const { outcomes } = await runWithProgress(title, cleanup.remove, { ...scope, paths, seen }, log);
  void sweepQuietly(context.dependencies, scope.folder);
  await tell(outcomes, answer === forGood ? await emptyOf(context, scope.folder, outcomes) : undefined);
}

/** What of the removed has left the trash as well. Why something has not is told with all else. */
async function emptyOf(
  { dependencies: { trash, log } }: CommandContext,
  folder: string,
  outcomes: readonly CleanupOutcome[],
): Promise<EmptiedTrash> {
  const ids = outcomes.flatMap((outcome) => (outcome.kind === 'removed' ? (outcome.result.undo ?? []) : []));
  if (ids.length === 0) return { outcomes: [], left: [] };
  return runWithProgress(
    `Removing ${plural(ids.length, 'deleted worktree')} for good`,
    trash.empty,
    { folder, ids },
    log,
  );
}

function isFree({ protections }: CleanupRow): boolean {
  return protections.length === 0;
}

const toTrash = 'Remove';
const forGood = 'Remove for Good';

/** Says what goes, and of what was chosen as well why it stays. Nothing goes without it. @returns undefined: nothing is to go */
async function confirm(
  chosen: readonly CleanupRow[],
  now: number,
): Promise<typeof toTrash | typeof forGood | undefined> {
  const going = chosen.filter(isFree);
  const staying = chosen.filter((row) => !isFree(row));
  const stays = staying.map(({ view, protections }) => `• ${view.name}: ${protectionsText(protections)}`);
  if (going.length === 0) {
    const detail = linkless([...stays, 'Delete on its row asks for each loss by name.'].join('\n'));
    await vscode.window.showWarningMessage('None of these can go.', { modal: true, detail });
    return undefined;
  }
  const bytes = going.reduce((sum, { size }) => sum + (size?.bytes ?? 0), 0);
  const isCut = going.some(({ size }) => size?.isCut !== false);
  const hours = readSettings()['trash.hours'];
  const detail = [
    ...going.map((row) => `• ${row.view.name}: ${cleanupFacts(row, now)}`),
    ...(stays.length === 0 ? [] : ['These stay:', ...stays]),
    ...(going.some(({ identity }) => identity !== undefined) ? ['Environments go with their worktrees.'] : []),
    hours > 0
      ? `Undo Delete brings worktrees back for ${plural(hours, 'hour')}; until then they take their place on the disk. "${forGood}" frees it at once.`
      : 'This cannot be undone.',
  ];
  const question = `Remove ${plural(going.length, 'worktree')}, ${sizeText({ bytes, isCut })}?`;
  const options = { modal: true, detail: linkless(detail.join('\n')) };
  return vscode.window.showWarningMessage(
    linkless(question),
    options,
    toTrash,
    ...(hours > 0 ? ([forGood] as const) : []),
  );
}

/** @param emptied what is gone for good; undefined: that was not asked for */
async function tell(outcomes: readonly CleanupOutcome[], emptied: EmptiedTrash | undefined): Promise<void> {
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
  const kept = (emptied?.outcomes ?? []).flatMap((outcome) =>
    outcome.kind === 'kept' ? `The trash keeps ${outcome.id}: ${outcome.error.message}` : [],
  );
  const isGone = emptied !== undefined && kept.length === 0;
  others.push(...kept, ...(emptied?.left ?? []));
  const head = `${plural(removed, 'worktree')} removed${isGone ? ' for good' : ''}.`;
  const message = [head, ...others, ...remarks].join(' ');
  const canUndo =
    !isGone && outcomes.some((outcome) => outcome.kind === 'removed' && outcome.result.undo !== undefined);
  const buttons = canUndo ? ['Undo Delete…'] : [];
  const answer =
    others.length > 0
      ? await vscode.window.showWarningMessage(linkless(message), ...buttons)
      : await vscode.window.showInformationMessage(linkless(message), ...buttons);
  if (answer !== undefined) await vscode.commands.executeCommand('coppice.undoDelete');
}
