import { AppError } from '../../core/errors';
import type { DatabaseSchema } from '../../core/databaseSchema/databaseSchema';
import type { DatabaseSchemas, SchemaSource } from '../../core/ports/databaseSchemas';
import { dropDatabase, readDatabase, readServer } from './catalog';
import { copying, copyStrategy } from './copyStrategy';
import { dropLeftovers } from './leftovers';
import {
  assertEnvironmentName,
  assertTemplateName,
  identifier,
  isMarkOf,
  makingHash,
  taken,
  temporaryName,
} from './ownership';
import { refuseOld } from './refuseOld';
import type { AdminConnection, PostgresServer } from './postgresServer';
import { readSchema } from './readSchema';
import { ServerSessions } from './serverSessions';
import { withSession, type Session } from './session';
import { findTemplate } from './templates';

/** Reads what is defined in databases as the administrator. */
export class PostgresSchemas implements DatabaseSchemas {
  readonly #sessions: ServerSessions;

  constructor(server: PostgresServer) {
    this.#sessions = new ServerSessions(server);
  }

  async read(source: SchemaSource, signal?: AbortSignal): Promise<DatabaseSchema> {
    signal?.throwIfAborted();
    if (source.kind === 'environment') return this.#ofEnvironment(source, signal);
    return this.#ofTemplate(source, signal);
  }

  async #ofEnvironment(
    { database, owner }: SchemaSource & { readonly kind: 'environment' },
    signal: AbortSignal | undefined,
  ): Promise<DatabaseSchema> {
    assertEnvironmentName(database);
    const doing = `Read the schema of the database ${database}`;
    return this.#sessions.open(doing, signal, async (session, connection) => {
      refuseOld((await readServer(session)).version);
      const found = await readDatabase(session, database, signal);
      if (!found?.isValid)
        throw new AppError('notFound', `There is no database ${database}: the next create makes it.`);
      if (!isMarkOf(found.mark, owner)) throw taken('database', database);
      if (!found.isOpen)
        throw new AppError('conflict', `The database ${database} is closed, by a delete that has not come to its end.`);
      return withSession(connection, database, signal, (inside) => readSchema(inside, database, signal));
    });
  }

  /** Nobody gets into a template, so that nothing blocks a clone: it is read of a copy, which goes again. */
  async #ofTemplate(
    { name, repositoryId }: SchemaSource & { readonly kind: 'template' },
    signal: AbortSignal | undefined,
  ): Promise<DatabaseSchema> {
    assertTemplateName(name);
    const doing = `Read the schema of the template ${name}`;
    // By a lock of its own: who builds the template takes long, and clones of it wait for nobody.
    const hash = makingHash('schema', name);
    return this.#sessions.locked(doing, hash, signal, async (session, connection) => {
      const server = await readServer(session);
      refuseOld(server.version);
      const template = await findTemplate(session, name, repositoryId);
      if (!template.found?.isValid)
        throw new AppError(
          'notFound',
          `There is no template ${template.name} yet: the next create builds it, and so does "coppice database refresh".`,
        );
      await dropLeftovers(session);
      await this.#sessions.verifyRoom(session, `A copy of ${template.name}`, template.name);
      const strategy = await copyStrategy(session, template.name, server);
      const copy = async (temporary: string): Promise<void> => {
        const create = `CREATE DATABASE ${identifier(temporary)} TEMPLATE ${identifier(template.name)}${strategy}`;
        await copying(session, strategy, () => session.query(create, [], signal));
        await session.query(`REVOKE ALL ON DATABASE ${identifier(temporary)} FROM PUBLIC`, [], signal);
      };
      return throughCopy({ session, connection, hash }, copy, (inside) => readSchema(inside, template.name, signal));
    });
  }
}

async function throughCopy<T>(
  { session, connection, hash }: { session: Session; connection: AdminConnection; hash: string },
  copy: (temporary: string) => Promise<void>,
  read: (inside: Session) => Promise<T>,
): Promise<T> {
  const temporary = temporaryName(hash);
  try {
    await copy(temporary);
    return await withSession(connection, temporary, undefined, read);
  } finally {
    // The server may be gone: the next run finds what it still has, and drops it.
    await dropDatabase(session, temporary).catch(() => undefined);
  }
}
