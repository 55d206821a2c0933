import { automaticSnapshotName, type SnapshotCause } from '../../core/databases/databaseSnapshots';
import type { DatabaseChanges } from '../../core/databases/databaseChanges';
import type { EnvironmentDatabase } from '../../core/ports/databaseSnapshots';
import { dropDatabase, serverTime } from './catalog';
import { databaseComment } from './cloneDatabase';
import { personsComment } from './carrySettings';
import type { DatabaseBaseline } from './databaseBaseline';
import { identifier, snapshotDatabaseName, writeMark, type Mark, type SnapshotMark } from './ownership';
import type { PresentDatabase } from './presentDatabase';
import type { AdminConnection } from './postgresServer';
import { readChanges } from './readChanges';
import { dropSlotsAside } from './replicationSlots';
import { withSession, type Session } from './session';
import { snapshotsOf, type StoredSnapshot } from './snapshotCatalog';
import { withoutSessions } from './withoutSessions';

export interface Replacement {
  /** The name of the whole new database, which is the environment's role's. */
  readonly temporary: string;
  readonly comment: string | undefined;
  readonly baseline: DatabaseBaseline | undefined;
  readonly recipe: string | undefined;
  readonly migrated?: string | undefined;
  /** What it is like now, where it is a snapshot that is brought back. */
  readonly restored?: DatabaseBaseline;
}

/**
 * Puts a database in the place of an environment's, whose present one becomes a snapshot, in one transaction. To be called by the holder
 * of the lock for `hash`.
 */
export async function replaceDatabase(
  connection: AdminConnection,
  session: Session,
  { database, role, owner }: EnvironmentDatabase,
  present: PresentDatabase,
  { temporary, comment, baseline, recipe, migrated, restored }: Replacement,
  {
    before,
    commit,
    hash,
  }: { readonly before: SnapshotCause; readonly commit: string | undefined; readonly hash: string },
  signal: AbortSignal | undefined,
): Promise<StoredSnapshot> {
  const taken = (await snapshotsOf(session, owner, signal)).map(({ name }) => name);
  const since = present.mark.restored ?? present.mark.baseline;
  const { kind } = await changesSince(connection, database, since, signal);
  const mark: SnapshotMark = {
    ...{ kind: 'snapshot', owner, name: automaticSnapshotName(before, taken), before, commit },
    takenAt: await serverTime(session),
    isUntouched: kind === 'unchanged' || undefined,
    ...{ baseline: present.mark.baseline, recipe: present.mark.recipe, migrated: present.mark.migrated },
    comment: personsComment(present.comment),
  };
  const kept = snapshotDatabaseName(hash);
  const now: Mark = { kind: 'environment', owner, baseline, recipe, migrated, restored };
  const [own, made, aside] = [identifier(database), identifier(temporary), identifier(kept)];
  await withoutSessions(connection, database, signal, (either) =>
    session.query(
      [
        // First: it is what nobody may be in the way of.
        `ALTER DATABASE ${own} RENAME TO ${aside}`,
        `ALTER DATABASE ${aside} OWNER TO CURRENT_USER`,
        `ALTER DATABASE ${aside} WITH ALLOW_CONNECTIONS false`,
        `COMMENT ON DATABASE ${aside} IS ${writeMark(mark)}`,
        `ALTER DATABASE ${made} RENAME TO ${own}`,
        `COMMENT ON DATABASE ${own} IS ${databaseComment(owner, comment)}`,
        `COMMENT ON ROLE ${identifier(role)} IS ${writeMark(now)}`,
      ].join(';\n'),
      [],
      either,
    ),
  );
  await dropSlotsAside(session);
  const found = (await snapshotsOf(session, owner)).find((each) => each.database === kept);
  return found ?? { ...mark, commit, before, database: kept, mark, bytes: undefined };
}

/** A database that is damaged, or that nobody is let into, can be replaced all the same: of it that is not known. */
async function changesSince(
  connection: AdminConnection,
  database: string,
  since: DatabaseBaseline | undefined,
  signal: AbortSignal | undefined,
): Promise<Pick<DatabaseChanges, 'kind'>> {
  try {
    return await withSession(connection, database, signal, (inside) => readChanges(inside, since, signal));
  } catch {
    signal?.throwIfAborted();
    return { kind: 'unknown' };
  }
}

/**
 * Drops what earlier ones have kept of their own accord before the same, once the new state is whole: those to which nothing was written
 * for certain. What somebody wrote goes with a word of theirs only. What cannot be dropped now is so the next time.
 *
 * @param source the database that was brought back just now, which stays
 * @returns names of snapshots
 */
export async function dropEarlier(
  session: Session,
  kept: StoredSnapshot,
  { owner, source }: { readonly owner: EnvironmentDatabase['owner']; readonly source?: string },
): Promise<string[]> {
  const dropped: string[] = [];
  for (const { database, name, mark } of await snapshotsOf(session, owner)) {
    if (mark.before !== kept.before || database === kept.database || database === source) continue;
    if (!mark.isUntouched) continue;
    try {
      await dropDatabase(session, database);
      dropped.push(name);
    } catch {
      // Somebody holds it.
    }
  }
  return dropped;
}
