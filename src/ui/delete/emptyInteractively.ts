import * as vscode from 'vscode';
import { ageText, sizeText } from '../../app/cleanup/cleanupText';
import type { EmptiedTrash } from '../../app/trash/emptyTrash';
import type { TrashRow } from '../../app/trash/listTrash';
import { deletedName, goesText, keptDatabaseText, trashTotal } from '../../app/trash/trashText';
import { plural } from '../../core/text/plural';
import type { CommandContext } from '../context/commandContext';
import { repositoryFolder } from '../create/createFlow';
import { iconless, linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';

/** Shows what deletes have kept and what it takes, and removes for good what is chosen and confirmed. */
export async function emptyInteractively(context: CommandContext): Promise<void> {
  const { trash, log } = context.dependencies;
  const folder = await repositoryFolder(context);
  const { rows } = await runWithProgress('Looking at the trash', trash.list, { folder }, log);
  if (rows.length === 0) {
    void vscode.window.showInformationMessage('The trash is empty.');
    return;
  }
  const picked = await vscode.window.showQuickPick(itemsOf(rows, Date.now()), {
    title: `Empty Trash: ${trashTotal(rows)}`,
    placeHolder: 'Choose what to remove for good',
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const chosen = (picked ?? []).flatMap(({ row }) => row ?? []);
  if (chosen.length === 0 || !(await confirm(chosen))) return;
  const request = { folder, ids: chosen.map(({ id }) => id) };
  const title = `Removing ${plural(chosen.length, 'deleted worktree')} for good`;
  await tell(await runWithProgress(title, trash.empty, request, log), chosen);
}

interface TrashItem extends vscode.QuickPickItem {
  readonly row?: TrashRow;
}

/** What cannot go comes last, each with why. */
function itemsOf(rows: readonly TrashRow[], now: number): TrashItem[] {
  const stuck = rows.filter(({ stays }) => stays !== undefined);
  const separator = { label: 'Stays', kind: vscode.QuickPickItemKind.Separator };
  return [
    ...rows.filter(({ stays }) => stays === undefined).map((row) => ({ ...itemOf(row, now), picked: true })),
    ...(stuck.length === 0 ? [] : [separator, ...stuck.map((row) => itemOf(row, now))]),
  ];
}

function itemOf(row: TrashRow, now: number): TrashItem {
  const { id, path, deleted, size, stays } = row;
  const database = keptDatabaseText(row);
  const facts = [
    size ? sizeText(size) : '',
    database === '' ? '' : `database ${database}`,
    deleted ? deletedText(now - deleted.deletedAt) : '',
  ];
  return {
    label: iconless(deleted ? deletedName(deleted) : id),
    description: iconless(facts.filter((fact) => fact !== '').join(' · ')),
    detail: iconless([...(stays === undefined ? [] : [`Stays: ${stays}`]), deleted?.path ?? path].join(' · ')),
    row,
  };
}

function deletedText(age: number): string {
  return age < 3600_000 ? 'deleted within the hour' : `deleted ${ageText(age)} ago`;
}

/** Says all that goes. Nothing goes without it. */
async function confirm(rows: readonly TrashRow[]): Promise<boolean> {
  const detail = linkless([...rows.map((row) => `• ${goesText(row)}`), 'No undo brings it back.'].join('\n'));
  const button = 'Remove for Good';
  const question = `Remove ${trashTotal(rows)} for good?`;
  return (await vscode.window.showWarningMessage(linkless(question), { modal: true, detail }, button)) === button;
}

async function tell({ outcomes, left }: EmptiedTrash, rows: readonly TrashRow[]): Promise<void> {
  const removed = outcomes.filter(({ kind }) => kind === 'removed').length;
  const others = outcomes.flatMap((outcome) => {
    if (outcome.kind === 'removed') return [];
    const deleted = rows.find(({ id }) => id === outcome.id)?.deleted;
    return `${deleted ? deletedName(deleted) : outcome.id} was not removed: ${outcome.error.message}`;
  });
  const message = [`${plural(removed, 'deleted worktree')} removed for good.`, ...others, ...left].join(' ');
  if (others.length + left.length > 0) await vscode.window.showWarningMessage(linkless(message));
  else await vscode.window.showInformationMessage(linkless(message));
}
