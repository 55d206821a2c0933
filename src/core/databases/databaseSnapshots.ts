import { AppError } from '../errors';
import type { Owner } from '../model';

/** A state that an environment's database once had, which can be brought back. */
export interface DatabaseSnapshot {
  /** What a person calls it: no other of the same environment is called so. */
  readonly name: string;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly takenAt: number;
  /** That its worktree had checked out. */
  readonly commit: string | undefined;
  /** What has kept it of its own accord; undefined: a person wanted it. */
  readonly before: SnapshotCause | undefined;
  /** On disk; undefined: it cannot be told. */
  readonly bytes: number | undefined;
  /** It stays when its environment goes, until it is deleted by its name. */
  readonly isKept?: true | undefined;
}

/** One that stays when its environment goes. */
export interface KeptSnapshot extends DatabaseSnapshot {
  readonly owner: Owner;
  /** The name of the database that it is: no other of the server has it. */
  readonly database: string;
}

/** What puts another database in the place of an environment's, and keeps the one that was there. */
export type SnapshotCause = (typeof snapshotCauses)[number];
export const snapshotCauses = ['reset', 'restore', 'fork'] as const;

/** @throws invalidInput unless it is a name that a snapshot may have */
export function assertSnapshotName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(name)) return;
  throw new AppError(
    'invalidInput',
    `${JSON.stringify(name)} is no name for a snapshot: letters, digits, ".", "_" and "-", 40 at most, a letter or a digit first.`,
  );
}

/** The name of one that is kept of its own accord. @param taken names that others have */
export function automaticSnapshotName(before: SnapshotCause | 'migrate', taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = `before-${before}${number === 1 ? '' : `-${number}`}`;
    if (!taken.includes(name)) return name;
  }
}

/**
 * One of those that are kept beyond their environment, by its own name or by that of its database.
 *
 * @throws notFound naming those that there are; conflict where several are called so
 */
export function keptSnapshotNamed<T extends Pick<KeptSnapshot, 'name' | 'database'>>(
  all: readonly T[],
  name: string,
): T {
  const found = all.filter((each) => each.name === name || each.database === name);
  if (found.length < 2) return found[0] ?? snapshotNamed(all, name);
  throw new AppError(
    'conflict',
    `Several snapshots are called ${JSON.stringify(name)}: ${found.map(({ database }) => database).join(', ')}. Say which by that name.`,
  );
}

/** @throws notFound naming those that there are */
export function snapshotNamed<T extends Pick<DatabaseSnapshot, 'name'>>(snapshots: readonly T[], name: string): T {
  const found = snapshots.find((each) => each.name === name);
  if (found) return found;
  const names = snapshots.map((each) => each.name).join(', ');
  throw new AppError(
    'notFound',
    `There is no snapshot ${JSON.stringify(name)}. ${names === '' ? 'There is none.' : `There are: ${names}.`}`,
  );
}
