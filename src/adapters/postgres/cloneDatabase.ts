import { escapeLiteral } from 'pg';
import { AppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { EnvironmentDatabase } from '../../core/ports/databaseSnapshots';
import { dropDatabase, readDatabase, readRole, readServer, unhurried, type ServerFacts } from './catalog';
import { takeBaseline, type DatabaseBaseline } from './databaseBaseline';
import { carryDefaultPrivileges, carrySettings } from './carrySettings';
import { copying, copyStrategy } from './copyStrategy';
import { bringBackDatabase, dropRole, findKept, reopenDatabase } from './keptDatabases';
import { dropLeftovers } from './leftovers';
import { copyPresent } from './forkedDatabase';
import { identifier, isMarkOf, taken, temporaryName, writeMark } from './ownership';
import { meansExists } from './postgresErrors';
import type { AdminConnection } from './postgresServer';
import { presentDatabase } from './presentDatabase';
import { scramVerifier } from './rolePassword';
import { withSession, type Session } from './session';
import { userMappings } from './userMappings';

export interface CloneRequest {
  readonly database: string;
  readonly role: string;
  readonly template: string;
  readonly owner: Owner;
  /** Another environment's database: it is a copy of that as it is now, and not of the template. */
  readonly from?: EnvironmentDatabase;
}

export interface CloneMaking {
  /** Of the lock that the caller holds. */
  readonly hash: string;
  /** Becomes the role's, whether or not it was there before. */
  readonly password: string;
  /** Asked before anything is made. @throws failed */
  readonly verifyRoom: () => Promise<void>;
}

/**
 * Clones the template, or the database that is asked for, unless that was done before, or the owner's own waits to be brought back. To be called by the holder of the lock.
 *
 * @returns what became of it
 */
export async function cloneDatabase(
  connection: AdminConnection,
  session: Session,
  request: CloneRequest,
  { hash, password, verifyRoom }: CloneMaking,
  signal: AbortSignal | undefined,
): Promise<'created' | 'found' | 'broughtBack'> {
  const { database, role, owner, from } = request;
  const server = await readServer(session);
  const found = await readDatabase(session, database);
  if (found && !isMarkOf(found.mark, owner)) throw taken('database', database);
  if (found?.isValid === false) await dropDatabase(session, database);
  else if (found) {
    // A delete that was cut off had closed it already.
    if (!found.isOpen && found.mark?.kind === 'environment') await reopenDatabase(session, request, found.mark);
    await ensureRole(session, role, owner, password, server);
    await dropLeftovers(session);
    return 'found';
  }
  // Before what is over is dropped: its own waits for just this, however late it comes.
  const kept = await findKept(session, owner, signal);
  if (kept && from)
    throw new AppError(
      'conflict',
      `The database that this environment had waits to be brought back. A create without a source does that; then "coppice database fork" puts a copy of ${from.database} in its place, and keeps it as a snapshot.`,
    );
  if (kept) {
    await makeWay(session, role, owner, hash);
    await bringBackDatabase(session, kept, request);
    await ensureRole(session, role, owner, password, server);
    return 'broughtBack';
  }
  await dropLeftovers(session);
  if (from) await presentDatabase(session, from);
  else await verifyTemplate(session, request);
  await verifyRoom();
  const isNewRole = await ensureRole(session, role, owner, password, server);
  const temporary = temporaryName(hash);
  try {
    await create(connection, session, request, temporary, server, signal);
    return 'created';
  } catch (error) {
    try {
      await dropDatabase(session, temporary);
      if (isNewRole) await session.query(`DROP ROLE IF EXISTS ${identifier(role)}`);
    } catch {
      // The server is gone: what it still has is found and dropped, or used, by the next run.
    }
    if (meansExists(error)) throw taken('database', database);
    throw error;
  }
}

/** A role of the owner's without a database, which a server that died in the middle of a clone left. @throws conflict */
async function makeWay(session: Session, role: string, owner: Owner, hash: string): Promise<void> {
  const found = await readRole(session, role);
  if (!found) return;
  if (!isMarkOf(found.mark, owner)) throw taken('role', role);
  await dropRole(session, role, hash);
}

/** @throws notFound, conflict */
export async function verifyTemplate(
  session: Session,
  { template, owner }: Pick<CloneRequest, 'template' | 'owner'>,
): Promise<void> {
  const found = await readDatabase(session, template);
  if (!found) throw new AppError('notFound', `There is no template database ${template}.`);
  if (found.mark?.kind !== 'template' || found.mark.repositoryId !== owner.repositoryId) {
    throw new AppError('conflict', `The database ${template} is no template of this repository.`);
  }
}

/** @returns whether it was made now. @throws conflict when it is anybody else's */
async function ensureRole(
  session: Session,
  role: string,
  owner: Owner,
  password: string,
  server: ServerFacts,
): Promise<boolean> {
  const name = identifier(role);
  const attributes = `LOGIN NOCREATEDB NOCREATEROLE${server.isSuperuser ? ' NOSUPERUSER NOREPLICATION NOBYPASSRLS' : ''}`;
  const secret = `PASSWORD ${escapeLiteral(scramVerifier(password))}`;
  const found = await readRole(session, role);
  if (found && !isMarkOf(found.mark, owner)) throw taken('role', role);
  if (found) {
    await session.query(`ALTER ROLE ${name} WITH ${attributes} ${secret}`);
    return false;
  }
  // One transaction: there is no moment when the role has no owner.
  const statements = [
    unhurried,
    `CREATE ROLE ${name} WITH ${attributes} ${secret}`,
    `COMMENT ON ROLE ${name} IS ${writeMark({ kind: 'environment', owner })}`,
    // Who is no superuser can give objects only to roles that it is a member of.
    ...(server.isSuperuser ? [] : [`GRANT ${name} TO CURRENT_USER`]),
  ];
  await session.query(statements.join(';\n'));
  return true;
}

async function create(
  connection: AdminConnection,
  session: Session,
  request: CloneRequest,
  temporary: string,
  server: ServerFacts,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { database, role, owner } = request;
  const made = identifier(temporary);
  const { comment, ...copied } = request.from
    ? await copyPresent(connection, session, { role, from: request.from }, temporary, server, signal)
    : await copyTemplate(connection, session, request, temporary, server, signal);
  await session.query(
    [
      `COMMENT ON DATABASE ${made} IS ${databaseComment(owner, comment)}`,
      `COMMENT ON ROLE ${identifier(role)} IS ${writeMark({ kind: 'environment', owner, ...copied })}`,
      `ALTER DATABASE ${made} RENAME TO ${identifier(database)}`,
    ].join(';\n'),
    [],
    signal,
  );
}

/** What an environment's database has for its comment, as a literal of SQL. @param comment a person's */
export function databaseComment(owner: Owner, comment: string | undefined): string {
  return comment === undefined ? writeMark({ kind: 'environment', owner }) : escapeLiteral(comment);
}

export interface CopiedTemplate {
  /** That its commands gave it. */
  readonly comment: string | undefined;
  readonly baseline: DatabaseBaseline;
  readonly recipe: string | undefined;
  /** By what its template was migrated, where that is known. */
  readonly migrated: string | undefined;
}

/** The roles that nobody is, and whose things are in a database. */
export async function buildersIn(
  session: Session,
  database: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const rows = await session.query<{ name: string }>(
    `SELECT DISTINCT r.rolname AS name FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid
       WHERE s.refclassid = 'pg_authid'::regclass AND r.rolname LIKE 'coppice\\_tpl\\_%'
         AND s.dbid = (SELECT oid FROM pg_database WHERE datname = $1)`,
    [database],
    signal,
  );
  return rows.map(({ name }) => name);
}

/** How often the copy is made anew where its template was replaced meanwhile. */
const copies = 3;

/** Makes a database of the role's of a template, whole but for its name and the comments. @param temporary what it is called for now */
export async function copyTemplate(
  connection: AdminConnection,
  session: Session,
  request: Pick<CloneRequest, 'role' | 'template'>,
  temporary: string,
  server: ServerFacts,
  signal: AbortSignal | undefined,
): Promise<CopiedTemplate> {
  const { template } = request;
  for (let copy = 1; copy <= copies; copy++) {
    const before = await numberOf(session, template, signal);
    const copied = await copyOnce(connection, session, request, temporary, server, signal);
    // What was read of it by its name would be a new one's, and the copy's rows the old one's.
    if ((await numberOf(session, template, signal)) === before) return copied;
    await dropDatabase(session, temporary);
  }
  throw new AppError('conflict', `The template database ${template} is replaced again and again. Try again later.`);
}

/** undefined: there is none of that name */
async function numberOf(session: Session, name: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const sql = 'SELECT oid::text AS number FROM pg_database WHERE datname = $1';
  return (await session.query<{ number: string }>(sql, [name], signal))[0]?.number;
}

async function copyOnce(
  connection: AdminConnection,
  session: Session,
  { role, template }: Pick<CloneRequest, 'role' | 'template'>,
  temporary: string,
  server: ServerFacts,
  signal: AbortSignal | undefined,
): Promise<CopiedTemplate> {
  const [made, name] = [identifier(temporary), identifier(role)];
  const strategy = await copyStrategy(session, template, server);
  const create = `CREATE DATABASE ${made} OWNER ${name} TEMPLATE ${identifier(template)}${strategy}`;
  await copying(session, strategy, () => session.query(create, [], signal));
  // Asked of the copy, not of the template: that may just have been replaced by a new one.
  const builders = await buildersIn(session, temporary, signal);
  const { comment, recipe, migrates, rows } = await carrySettings(
    session,
    { template, database: temporary, role },
    signal,
  );
  const baseline = await withSession(connection, temporary, signal, async (inside) => {
    await carryDefaultPrivileges(inside, role, signal);
    for (const former of builders) {
      const builder = identifier(former);
      const mappings = await userMappings(inside, former, role, signal);
      // The second takes away what cannot change hands: privileges and defaults that were given to the builder.
      const given = [`REASSIGN OWNED BY ${builder} TO ${name}`, ...mappings];
      const statements = [unhurried, ...given, `DROP OWNED BY ${builder}`];
      await inside.query(statements.join(';\n'), [], signal);
    }
    return { ...(await takeBaseline(inside, signal)), rows };
  });
  return { comment, baseline, recipe, migrated: migrates };
}
