import {
  assertSnapshotName,
  keptSnapshotNamed,
  snapshotNamed,
  type DatabaseSnapshot,
  type SnapshotCause,
} from '../../core/databases/databaseSnapshots';
import { AppError } from '../../core/errors';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Owner } from '../../core/model';
import type {
  EnvironmentDatabase,
  ReplacedDatabase,
  Replacing,
  SnapshotRequest,
  TakeRequest,
} from '../../core/ports/databaseSnapshots';
import { isProtectedError } from '../../core/ports/repositoryDatabases';
import { carrySettings, personsComment } from './carrySettings';
import { dropDatabase, readServer, serverTime, type ServerFacts } from './catalog';
import { copyTemplate, verifyTemplate } from './cloneDatabase';
import { copying, copyStrategy } from './copyStrategy';
import { takeBaseline } from './databaseBaseline';
import { databaseState } from './databaseState';
import { keepApart, takeOver } from './keptSnapshots';
import { dropLeftovers } from './leftovers';
import {
  assertEnvironmentName,
  assertTemplateName,
  identifier,
  makingHash,
  snapshotDatabaseName,
  temporaryName,
  writeMark,
  type SnapshotMark,
} from './ownership';
import type { AdminConnection } from './postgresServer';
import { presentDatabase, type PresentDatabase } from './presentDatabase';
import { dropEarlier, replaceDatabase, type Replacement } from './replaceDatabase';
import type { ServerSessions } from './serverSessions';
import { withSession, type Session } from './session';
import { asSnapshot, keptSnapshotsOf, snapshotsOf, type StoredSnapshot } from './snapshotCatalog';
import { withoutSessions } from './withoutSessions';

/** As the port says it. */
export function snapshotDatabase(
  sessions: ServerSessions,
  request: TakeRequest,
  signal: AbortSignal | undefined,
): Promise<DatabaseSnapshot> {
  const { database, role, owner, name, commit, keep = false, unlessKept = false } = request;
  assertSnapshotName(name);
  const doing = `Take a snapshot of the database ${database}`;
  return alone(sessions, doing, request, signal, async ({ session, connection, server, hash }, { mark, comment }) => {
    const others = await snapshotsOf(session, owner, signal);
    if (others.some((each) => each.name === name))
      throw new AppError('conflict', `There is a snapshot ${JSON.stringify(name)} already.`);
    const state = await databaseState(connection, database, signal);
    const same = unlessKept && state !== undefined ? others.find(({ mark: of }) => of.state === state) : undefined;
    if (same) return asSnapshot(same.mark, same.bytes);
    await sessions.verifyRoom(session, `A snapshot of ${database}`, database);
    return throughTemporary(session, hash, async (temporary) => {
      const made = identifier(temporary);
      const strategy = await copyStrategy(session, database, server);
      const create = `CREATE DATABASE ${made} TEMPLATE ${identifier(database)}${strategy}`;
      await withoutSessions(connection, database, signal, (either) =>
        copying(session, strategy, () => session.query(create, [], either)),
      );
      // What is written after the copy is not in it.
      const takenAt = await serverTime(session);
      const copy = { database, role, temporary };
      const baseline = keep
        ? await keepApart({ session, connection, server, hash }, copy, mark.baseline, signal)
        : mark.baseline;
      if (!keep) await carrySettings(session, { template: database, database: temporary, role }, signal);
      const kept: SnapshotMark = {
        ...{ kind: 'snapshot', owner, name, takenAt, commit, isKept: keep || undefined },
        ...{ state, baseline, recipe: mark.recipe, migrated: mark.migrated },
        comment: personsComment(comment),
      };
      const to = snapshotDatabaseName(hash, keep);
      await session.query(
        [
          `ALTER DATABASE ${made} WITH ALLOW_CONNECTIONS false`,
          `COMMENT ON DATABASE ${made} IS ${writeMark(kept)}`,
          `ALTER DATABASE ${made} RENAME TO ${identifier(to)}`,
        ].join(';\n'),
        [],
        signal,
      );
      const found = (await snapshotsOf(session, owner)).find((each) => each.database === to);
      return asSnapshot(kept, found?.bytes);
    });
  });
}

/** As the port says it. */
export function restoreDatabase(
  sessions: ServerSessions,
  request: SnapshotRequest & Replacing,
  signal: AbortSignal | undefined,
): Promise<ReplacedDatabase> {
  const { role, owner, name } = request;
  assertSnapshotName(name);
  const doing = `Restore the snapshot ${name} of the database ${request.database}`;
  return alone(sessions, doing, request, signal, async (making, present) => {
    const { session, connection, server } = making;
    const own = (await snapshotsOf(session, owner, signal)).find((each) => each.name === name);
    const { database: source, mark } = own ?? (await keptOrNone(session, owner, name, signal));
    await sessions.verifyRoom(session, `A copy of the snapshot ${name}`, source);
    const make = async (temporary: string): Promise<Replacement> => {
      const strategy = await copyStrategy(session, source, server);
      const create = `CREATE DATABASE ${identifier(temporary)} OWNER ${identifier(role)} TEMPLATE ${identifier(source)}${strategy}`;
      await copying(session, strategy, () => session.query(create, [], signal));
      await carrySettings(session, { template: source, database: temporary, role }, signal);
      const since = await takeOver(making, temporary, role, mark.baseline, signal);
      // Of what was written before the server has no counts here.
      const baseline = since && { ...since, countedSince: '' };
      const restored = await withSession(connection, temporary, signal, (inside) => takeBaseline(inside, signal));
      const { comment, recipe, migrated } = mark;
      return { temporary, comment, baseline, recipe, migrated, restored };
    };
    return replacePresent(making, request, present, { before: 'restore', source, make }, signal);
  });
}

/** @throws notFound naming the environment's own as well */
async function keptOrNone(
  session: Session,
  owner: Owner,
  name: string,
  signal: AbortSignal | undefined,
): Promise<StoredSnapshot> {
  const kept = await keptSnapshotsOf(session, owner.repositoryId, signal);
  const others = kept.filter((each) => !isSameOwner(each.owner, owner));
  return keptSnapshotNamed([...others, ...(await snapshotsOf(session, owner, signal))], name);
}

/** As the port says it. */
export function resetToTemplate(
  sessions: ServerSessions,
  request: EnvironmentDatabase & Replacing & { readonly template: string; readonly commit: string | undefined },
  signal: AbortSignal | undefined,
): Promise<ReplacedDatabase> {
  const { database, template } = request;
  assertTemplateName(template);
  return alone(sessions, `Reset the database ${database}`, request, signal, async (making, present) => {
    const { session, connection, server } = making;
    await verifyTemplate(session, request);
    await sessions.verifyRoom(session, `A clone of ${template}`, template);
    const make = async (temporary: string): Promise<Replacement> => ({
      temporary,
      ...(await copyTemplate(connection, session, request, temporary, server, signal)),
    });
    return replacePresent(making, request, present, { before: 'reset', make }, signal);
  });
}

/** As the port says it. */
export async function dropNamedSnapshot(
  sessions: ServerSessions,
  { database, owner, name }: Omit<SnapshotRequest, 'commit'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  assertEnvironmentName(database);
  assertSnapshotName(name);
  const doing = `Delete the snapshot ${name} of the database ${database}`;
  await sessions.locked(doing, makingHash('database', database), signal, async (session) => {
    await dropDatabase(session, snapshotNamed(await snapshotsOf(session, owner, signal), name).database);
  });
}

interface Making {
  readonly session: Session;
  readonly connection: AdminConnection;
  readonly server: ServerFacts;
  /** Of the lock that is held. */
  readonly hash: string;
}

/** Nobody else changes this database or its snapshots meanwhile. @param other a database that nobody else changes, either */
export function alone<T>(
  sessions: ServerSessions,
  doing: string,
  request: EnvironmentDatabase,
  signal: AbortSignal | undefined,
  work: (making: Making, present: PresentDatabase) => Promise<T>,
  other?: string,
): Promise<T> {
  assertEnvironmentName(request.database);
  assertEnvironmentName(request.role);
  const hash = makingHash('database', request.database);
  const hashes = other === undefined ? hash : [hash, makingHash('database', other)];
  return sessions.locked(doing, hashes, signal, async (session, connection) => {
    const present = await presentDatabase(session, request);
    await dropLeftovers(session);
    return work({ session, connection, server: await readServer(session), hash }, present);
  });
}

/** Nothing is left of it that has not got another name. */
async function throughTemporary<T>(
  session: Session,
  hash: string,
  work: (temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = temporaryName(hash);
  try {
    return await work(temporary);
  } catch (error) {
    try {
      await dropDatabase(session, temporary);
    } catch {
      // The server is gone: the next run finds what it still has, and drops it.
    }
    throw error;
  }
}

export async function replacePresent(
  { session, connection, hash }: Making,
  request: EnvironmentDatabase & Replacing & { readonly commit: string | undefined },
  present: PresentDatabase,
  how: {
    readonly before: SnapshotCause;
    /** The snapshot's database that it is a copy of. */
    readonly source?: string;
    readonly make: (temporary: string) => Promise<Replacement>;
  },
  signal: AbortSignal | undefined,
): Promise<ReplacedDatabase> {
  const { before, source, make } = how;
  if (present.mark.isProtected) throw isProtectedError(request.database);
  const making = { before, commit: request.commit, hash };
  const kept = await throughTemporary(session, hash, async (temporary) => {
    const made = await make(temporary);
    await request.beforeReplace?.();
    return replaceDatabase(connection, session, request, present, made, making, signal);
  });
  const dropped = await dropEarlier(session, kept, {
    owner: request.owner,
    ...(source === undefined ? {} : { source }),
  });
  return { kept: asSnapshot(kept.mark, kept.bytes), dropped };
}
