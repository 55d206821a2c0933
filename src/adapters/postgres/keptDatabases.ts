import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Owner } from '../../core/model';
import { dropDatabase, readDatabase, readRole, serverTime } from './catalog';
import { endSessions } from './endSessions';
import {
  identifier,
  isMarkOf,
  keptName,
  makingHash,
  readMadeName,
  readMark,
  templateRoleName,
  writeMark,
  type Kept,
  type Mark,
} from './ownership';
import { codeOf } from './postgresErrors';
import { rollBackPrepared } from './preparedTransactions';
import { dropSlotsAside } from './replicationSlots';
import type { Session } from './session';
import { dropSnapshots } from './snapshotCatalog';

/*
 * The database of an environment that was deleted waits for it to be brought back: closed, under a name of its own, which its role has
 * too, so that whoever comes next gets both names. Whose it is, and until when, says the role's comment. Nobody has to remember it: the
 * next clone for the same owner takes it back, and whoever makes or drops a database drops those whose time is over.
 */

interface KeptDatabase {
  /** Of the database and of its role. */
  readonly name: string;
  readonly mark: Mark & { readonly kind: 'environment' };
  readonly kept: Kept;
}

/**
 * Puts a database aside with its role. To be called by the holder of the lock, once it is known to be the owner's. A retry does what a
 * crash left undone.
 *
 * @param hash of the lock that the caller holds
 * @returns false where it cannot be kept, because it has no role that could say whose it is: nothing was changed
 */
export async function keepDatabase(
  session: Session,
  {
    database,
    role,
    keepMs,
    repository,
  }: {
    readonly database: string;
    readonly role: string;
    readonly keepMs: number;
    readonly repository?: string | undefined;
  },
  hash: string,
): Promise<boolean> {
  const found = await readDatabase(session, database);
  const mark = (await readRole(session, role))?.mark;
  if (!found?.isValid || found.isTemplate || mark?.kind !== 'environment') return false;
  const [from, owner, to] = [identifier(database), identifier(role), identifier(keptName(hash))];
  const until = (await serverTime(session)) + keepMs;
  // Said before, as what was written to it was.
  await rollBackPrepared(session, database);
  // Closed, it says why: what was written to it was asked about before.
  await session.query(
    [
      `COMMENT ON ROLE ${owner} IS ${writeMark({ ...mark, kept: { database, until, repository } })}`,
      `ALTER ROLE ${owner} NOLOGIN`,
      `ALTER DATABASE ${from} ALLOW_CONNECTIONS false`,
    ].join(';\n'),
  );
  try {
    await endSessions(session, database);
    await session.query(`ALTER ROLE ${owner} RENAME TO ${to}; ALTER DATABASE ${from} RENAME TO ${to}`);
  } catch (error) {
    // Somebody is in it who may not be sent away: it stays as it was.
    await reopenDatabase(session, { database, role }, mark).catch(() => undefined);
    throw error;
  }
  await dropSlotsAside(session);
  return true;
}

/** Takes back what a `keepDatabase` has begun that did not come to its end. */
export async function reopenDatabase(
  session: Session,
  { database, role }: { readonly database: string; readonly role: string },
  mark: Mark & { readonly kind: 'environment' },
): Promise<void> {
  await session.query(
    [
      `ALTER DATABASE ${identifier(database)} ALLOW_CONNECTIONS true`,
      `ALTER ROLE ${identifier(role)} LOGIN`,
      `COMMENT ON ROLE ${identifier(role)} IS ${writeMark({ ...mark, kept: undefined })}`,
    ].join(';\n'),
  );
}

/** What is kept longer than it was to be. To be called by the holder of the lock. @param keepMs undefined: until it is asked for */
export async function prolongKept(
  session: Session,
  { name, mark, kept }: KeptDatabase,
  keepMs?: number,
): Promise<void> {
  const until = keepMs === undefined ? Number.MAX_SAFE_INTEGER : (await serverTime(session)) + keepMs;
  await session.query(`COMMENT ON ROLE ${identifier(name)} IS ${writeMark({ ...mark, kept: { ...kept, until } })}`);
}

/** What is kept for an owner; of several the one that was put aside last. */
export async function findKept(
  session: Session,
  owner: Owner,
  signal?: AbortSignal,
): Promise<KeptDatabase | undefined> {
  const rows = await session.query<{ name: string; comment: string | null }>(
    `SELECT r.rolname AS name, shobj_description(r.oid, 'pg_authid') AS comment
       FROM pg_roles r JOIN pg_database d ON d.datname = r.rolname
       WHERE r.rolname LIKE 'coppice\\_kept\\_%' AND d.datconnlimit <> -2`,
    [],
    signal,
  );
  const all = rows.flatMap(({ name, comment }): KeptDatabase[] => {
    const mark = readMark(comment);
    if (mark?.kind !== 'environment' || !mark.kept || !isSameOwner(mark.owner, owner)) return [];
    return [{ name, mark, kept: mark.kept }];
  });
  return all.toSorted((one, other) => other.kept.until - one.kept.until)[0];
}

/** Gives a database and its role their names back. The role cannot log in yet. To be called by the holder of the lock. */
export async function bringBackDatabase(
  session: Session,
  { name, mark }: KeptDatabase,
  { database, role }: { readonly database: string; readonly role: string },
): Promise<void> {
  const [from, to] = [identifier(name), identifier(role)];
  await session.query(
    [
      `ALTER DATABASE ${from} ALLOW_CONNECTIONS true`,
      `ALTER DATABASE ${from} RENAME TO ${identifier(database)}`,
      `ALTER ROLE ${from} RENAME TO ${to}`,
      `COMMENT ON ROLE ${to} IS ${writeMark({ ...mark, kept: undefined })}`,
    ].join(';\n'),
  );
}

/** Drops what is kept under a name, if its time is over. */
export async function dropOverdue(session: Session, name: string): Promise<void> {
  const mark = (await readRole(session, name))?.mark;
  if (mark?.kind !== 'environment' || !mark.kept || mark.kept.until > (await serverTime(session))) return;
  await dropKept(session, name);
}

/** Drops what is kept under a name, and the snapshots that wait with it: what is in them is the role's. */
export async function dropKept(session: Session, name: string): Promise<void> {
  const mark = (await readRole(session, name))?.mark;
  if (mark?.kind === 'environment' && !(await hasAnother(session, name, mark.owner)))
    await dropSnapshots(session, mark.owner);
  await dropDatabase(session, name);
  await dropRole(session, name, readMadeName(name)?.hash ?? makingHash('database', name));
}

/**
 * A role that has anything elsewhere, such as rights that somebody gave it in another database, cannot be dropped. Its database is gone:
 * nobody can be it any more, its name is free, and whoever makes or drops a database drops it once nothing holds it.
 *
 * @param hash of the lock that the caller holds
 */
export async function dropRole(session: Session, name: string, hash: string): Promise<void> {
  const role = identifier(name);
  try {
    await session.query(`DROP OWNED BY ${role}; DROP ROLE IF EXISTS ${role}`);
  } catch (error) {
    if (codeOf(error) !== '2BP01') throw error;
    await session.query(
      [
        // What all databases share, such as the right to connect to another, would hold it when nothing else does any more.
        `DROP OWNED BY ${role}`,
        `ALTER ROLE ${role} NOLOGIN PASSWORD NULL`,
        `COMMENT ON ROLE ${role} IS NULL`,
        `ALTER ROLE ${role} RENAME TO ${identifier(templateRoleName(hash))}`,
      ].join(';\n'),
    );
  }
}

/** Whether another role is the same owner's, so that snapshots may be those of its database. */
export async function hasAnother(session: Session, name: string, owner: Owner): Promise<boolean> {
  const rows = await session.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_authid') AS comment FROM pg_roles
       WHERE rolname <> $1 AND (rolname LIKE 'wt\\_%' OR rolname LIKE 'coppice\\_kept\\_%')`,
    [name],
  );
  return rows.some(({ comment }) => isMarkOf(readMark(comment), owner));
}
