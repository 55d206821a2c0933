import { endSessions } from './endSessions';
import { identifier, lockKey, readMark, type Mark } from './ownership';
import { codeOf } from './postgresErrors';
import { rollBackPrepared } from './preparedTransactions';
import type { AdminConnection } from './postgresServer';
import type { Session } from './session';
import { withSession } from './session';

export interface ServerFacts {
  /** As `server_version_num` counts: 180004 for 18.4. */
  readonly version: number;
  readonly isSuperuser: boolean;
  readonly mayCreate: boolean;
}

export interface CatalogDatabase {
  readonly mark: Mark | undefined;
  readonly isTemplate: boolean;
  /** False once it was to be kept for an undo: nobody gets in any more. */
  readonly isOpen: boolean;
  /** False after a DROP DATABASE that was cut off: it can only be dropped again. */
  readonly isValid: boolean;
}

export async function readServer(session: Session): Promise<ServerFacts> {
  const [row] = await session.query<{ version: number; super: boolean; create: boolean }>(
    `SELECT current_setting('server_version_num')::int AS version, rolsuper AS super,
       rolcreatedb AND rolcreaterole AS create FROM pg_roles WHERE rolname = current_user`,
  );
  return {
    version: row?.version ?? 0,
    isSuperuser: row?.super === true,
    mayCreate: row?.super === true || row?.create === true,
  };
}

export async function readDatabase(
  session: Session,
  name: string,
  signal?: AbortSignal,
): Promise<CatalogDatabase | undefined> {
  const [row] = await session.query<{
    comment: string | null;
    owner: string | null;
    template: boolean;
    connections: number;
    open: boolean;
  }>(
    `SELECT shobj_description(oid, 'pg_database') AS comment, shobj_description(datdba, 'pg_authid') AS owner,
       datistemplate AS template, datconnlimit AS connections, datallowconn AS open
       FROM pg_database WHERE datname = $1`,
    [name],
    signal,
  );
  if (!row) return undefined;
  const [mark, isValid] = [markOf(row.comment, row.owner), row.connections !== -2];
  return { mark, isTemplate: row.template, isOpen: row.open, isValid };
}

/**
 * The first of several statements about what is being made under a temporary name: the disk is not waited for. A crash may take them away,
 * the last ones first; the statement that gives the name is waited for, and with it all before it.
 */
export const unhurried = 'SET LOCAL synchronous_commit = off';

/** What a database's comment and its owner's say of it: who owns a database may write its comment, and nobody their own. */
export function markOf(comment: string | null, owner: string | null): Mark | undefined {
  const ofOwner = readMark(owner);
  return ofOwner?.kind === 'environment' ? ofOwner : readMark(comment);
}

export async function readRole(
  session: Session,
  name: string,
): Promise<{ readonly mark: Mark | undefined } | undefined> {
  const [row] = await session.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname = $1`,
    [name],
  );
  return row && { mark: readMark(row.comment) };
}

/** Milliseconds since the epoch, by the server's clock. */
export async function serverTime(session: Session): Promise<number> {
  const [row] = await session.query<{ now: string }>('SELECT floor(extract(epoch FROM now()) * 1000)::bigint AS now');
  return Number(row?.now);
}

/** Ends the database's sessions and what they have prepared, and drops it, a template too. No error when there is none. */
export async function dropDatabase(session: Session, name: string, attempts = 5): Promise<void> {
  const found = await readDatabase(session, name);
  if (!found) return;
  if (found.isTemplate) await session.query(`ALTER DATABASE ${identifier(name)} IS_TEMPLATE false`);
  try {
    await session.query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
  } catch (error) {
    // Before it ends a session it looks for what was prepared, and for slots that somebody follows. Whoever is in it may prepare more.
    if (codeOf(error) === '55006' && attempts > 1) {
      await endSessions(session, name);
      await rollBackPrepared(session, name);
      return dropDatabase(session, name, attempts - 1);
    }
    if (codeOf(error) !== '42501') throw error;
    // FORCE asks for the right to end a vacuum of the server's own, which only a superuser has. Without FORCE the server ends that itself.
    await endSessions(session, name);
    await session.query(`DROP DATABASE IF EXISTS ${identifier(name)}`);
  }
}

/**
 * Runs work that only one may do at a time, across processes. The lock ends with its session, so that it cannot outlive
 * its holder; a statement that a dead holder left behind still holds it until the server has finished it.
 */
export async function withAdvisoryLock<T>(
  connection: AdminConnection,
  hashes: string | readonly string[],
  signal: AbortSignal | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withSession(connection, undefined, signal, async (session) => {
    // In the same order by everybody, so that no two wait for each other.
    const locks = [hashes]
      .flat()
      .sort()
      .map((hash) => `SELECT pg_advisory_lock(${lockKey(hash)})`);
    // Another process may build for as long as it takes.
    await session.query(['SET statement_timeout = 0', ...locks, 'RESET statement_timeout'].join('; '), [], signal);
    return work(session);
  });
}
