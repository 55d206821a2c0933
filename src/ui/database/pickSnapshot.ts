import * as vscode from 'vscode';
import { sizeText } from '../../app/cleanup/cleanupText';
import type { DatabaseSnapshot } from '../../core/databases/databaseSnapshots';
import { AppError } from '../../core/errors';
import { iconless, localTime } from '../editor/text';

/** The one that a person chooses; undefined: they turned away. @throws notFound when there is none */
export async function pickSnapshot(
  snapshots: readonly DatabaseSnapshot[],
  name: string,
): Promise<DatabaseSnapshot | undefined> {
  if (snapshots.length === 0)
    throw new AppError('notFound', `There is no snapshot of the database of ${name}: Snapshot Database takes one.`);
  const items = snapshots.map((snapshot) => ({
    label: iconless(snapshot.name),
    description: iconless(factsOf(snapshot).join(' · ')),
    snapshot,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Restore the Database of ${name}`,
    placeHolder:
      'Choose what to bring back: services sleep meanwhile, and what the database has now becomes a snapshot',
    matchOnDescription: true,
  });
  return picked?.snapshot;
}

function factsOf({ takenAt, commit, before, bytes }: DatabaseSnapshot): string[] {
  return [
    `taken ${localTime(new Date(takenAt).toISOString())}`,
    ...(commit === undefined ? [] : [`at ${commit.slice(0, 7)}`]),
    ...(bytes === undefined ? [] : [sizeText({ bytes, isCut: false })]),
    ...(before === undefined ? [] : [`kept before a ${before}`]),
  ];
}
