import {
  assertSnapshotName,
  type DatabaseSnapshot,
  type KeptSnapshot,
} from '../../../core/databases/databaseSnapshots';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { Owner } from '../../../core/model';
import type { Databases } from '../../../core/ports/databases';
import type { UseCase } from '../../run/run';
import { environmentLock, withLock } from '../../run/withLock';
import { databaseAt, type DatabaseAt, type DatabaseAtPorts } from './databaseAt';

export interface SnapshotAt extends DatabaseAt {
  /** What a person calls the snapshot. */
  readonly name: string;
}

/**
 * What an environment's database can be brought back to: its own, the newest first, then those that are kept of others of its repository.
 *
 * @throws notFound, conflict
 */
export function listSnapshots(ports: DatabaseAtPorts): UseCase<DatabaseAt, readonly ListedSnapshot[]> {
  return async (at, { signal }) => {
    const { owner } = await databaseAt(ports, at, signal);
    return restorable(ports.databases, owner, signal);
  };
}

export interface ListedSnapshot extends DatabaseSnapshot {
  /** It is another environment's, which may be gone. */
  readonly isOthers?: true | undefined;
}

/** Of several that are called alike, and are not its own, each has the name of its database. */
export async function restorable(databases: Databases, owner: Owner, signal: AbortSignal): Promise<ListedSnapshot[]> {
  const own = await databases.listSnapshots(owner, signal);
  const kept = await databases.listKeptSnapshots(owner.repositoryId, signal);
  const others = kept.filter((each) => !isSameOwner(each.owner, owner));
  const isClear = (name: string): boolean => [...own, ...others].filter((each) => each.name === name).length === 1;
  return [
    ...own,
    ...others.map(({ owner: _, database, ...each }): ListedSnapshot => ({
      ...each,
      name: isClear(each.name) ? each.name : database,
      isOthers: true,
    })),
  ];
}

/** All of a repository that stay when their environment goes, the newest first. @throws unreachable */
export function listKeptSnapshots(
  ports: KeptSnapshotPorts,
): UseCase<{ readonly folder: string }, readonly KeptSnapshot[]> {
  return async ({ folder }, { signal }) => {
    const { id } = await ports.worktrees.repository(folder, signal);
    return ports.databases.listKeptSnapshots(id, signal);
  };
}

export interface KeptSnapshotPorts extends Pick<DatabaseAtPorts, 'worktrees'> {
  readonly databases: Pick<Databases, 'listKeptSnapshots' | 'dropKeptSnapshot'>;
}

/** @throws notFound naming those that there are; conflict where several are called so */
export function deleteKeptSnapshot(
  ports: KeptSnapshotPorts,
): UseCase<{ readonly folder: string; readonly name: string }, void> {
  return async ({ folder, name }, { signal }) => {
    const { id } = await ports.worktrees.repository(folder, signal);
    await ports.databases.dropKeptSnapshot({ repositoryId: id, name }, signal);
  };
}

/**
 * Keeps the present state of an environment's database under a name. Services lose their connections to it for that, and no more.
 *
 * @throws invalidInput, notFound; conflict when the name is taken, or somebody works at the environment
 */
export function takeSnapshot(
  ports: DatabaseAtPorts,
): UseCase<SnapshotAt & { readonly keep?: boolean }, DatabaseSnapshot> {
  return async (at, { signal }) => {
    assertSnapshotName(at.name);
    const found = await databaseAt(ports, at, signal);
    return withLock(ports.locks, environmentLock(found.owner), 'a snapshot of its database is taken', () =>
      ports.databases.takeSnapshot({ ...found, name: at.name, keep: at.keep === true }, signal),
    );
  };
}

/** @throws invalidInput; notFound naming those that there are; conflict */
export function deleteSnapshot(ports: DatabaseAtPorts): UseCase<SnapshotAt, void> {
  return async (at, { signal }) => {
    assertSnapshotName(at.name);
    const found = await databaseAt(ports, at, signal);
    await withLock(ports.locks, environmentLock(found.owner), 'a snapshot of its database is deleted', () =>
      ports.databases.dropSnapshot({ ...found, name: at.name }, signal),
    );
  };
}
