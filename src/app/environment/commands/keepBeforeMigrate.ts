import { automaticSnapshotName } from '../../../core/databases/databaseSnapshots';
import type { DatabaseRecord, Identity, Worktree } from '../../../core/model';
import type { Databases } from '../../../core/ports/databases';

export interface ToBeMigrated {
  readonly worktree: Worktree;
  readonly identity: Identity;
  readonly record: DatabaseRecord;
}

/**
 * Keeps as a snapshot what an environment's database has of its own, or may have: a migration can take it away, and is run without a
 * question. What nobody has written to is cloned again at any time.
 *
 * @returns the snapshot's name, which may be that of an earlier one since which nothing was written; undefined: there is nothing to keep
 * @throws as takeSnapshot: nothing was run
 */
export async function keepBeforeMigrate(
  databases: Databases,
  { worktree, identity: { owner }, record: { database, role } }: ToBeMigrated,
  signal: AbortSignal,
): Promise<string | undefined> {
  const changes = await databases.changes({ database, owner }, signal);
  if (changes === undefined || changes.kind === 'unchanged') return undefined;
  const taken = (await databases.listSnapshots(owner, signal)).map(({ name }) => name);
  const wanted = automaticSnapshotName('migrate', taken);
  // A migration that does nothing, again and again, needs no copy each time.
  const request = { database, role, owner, name: wanted, commit: worktree.head, unlessKept: true };
  const { name } = await databases.takeSnapshot(request, signal);
  return name;
}

/** A sentence. */
export function keptText(name: string): string {
  return `What it had before is the snapshot ${name}: "coppice database restore ${name}" brings it back.`;
}
