import { assertSnapshotName, type DatabaseSnapshot } from '../../../core/databaseSnapshots';
import type { UseCase } from '../../run/run';
import { environmentLock, withLock } from '../../run/withLock';
import { databaseAt, type DatabaseAt, type DatabaseAtPorts } from './databaseAt';

export interface SnapshotAt extends DatabaseAt {
  /** What a person calls the snapshot. */
  readonly name: string;
}

/** Those of an environment's database, the newest first. @throws notFound, conflict */
export function listSnapshots(ports: DatabaseAtPorts): UseCase<DatabaseAt, readonly DatabaseSnapshot[]> {
  return async (at, { signal }) => {
    const { owner } = await databaseAt(ports, at, signal);
    return ports.databases.listSnapshots(owner, signal);
  };
}

/**
 * Keeps the present state of an environment's database under a name. Services lose their connections to it for that, and no more.
 *
 * @throws invalidInput, notFound; conflict when the name is taken, or somebody works at the environment
 */
export function takeSnapshot(ports: DatabaseAtPorts): UseCase<SnapshotAt, DatabaseSnapshot> {
  return async (at, { signal }) => {
    assertSnapshotName(at.name);
    const found = await databaseAt(ports, at, signal);
    return withLock(ports.locks, environmentLock(found.owner), 'a snapshot of its database is taken', () =>
      ports.databases.takeSnapshot({ ...found, name: at.name }, signal),
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
