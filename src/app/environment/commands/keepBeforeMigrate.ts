import { automaticSnapshotName } from '../../../core/databaseSnapshots';
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
 * @returns the snapshot's name; undefined: there is nothing to keep
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
  const name = automaticSnapshotName('migrate', taken);
  await databases.takeSnapshot({ database, role, owner, name, commit: worktree.head }, signal);
  return name;
}

/** A sentence. */
export function keptText(name: string): string {
  return `What it had before is the snapshot ${name}: "coppice database restore ${name}" brings it back.`;
}
