import { escapeLiteral } from 'pg';
import { AppError, isAbort, toAppError } from '../../core/errors';
import { personsComment } from './carrySettings';
import { dropDatabase, readDatabase, readServer } from './catalog';
import { identifier, temporaryName, templateRoleName, writeMark } from './ownership';
import type { AdminConnection } from './postgresServer';
import { countRows } from './readChanges';
import { newPassword, scramVerifier } from './rolePassword';
import { urlFor } from './urlFor';
import { withSession, type Session } from './session';

export interface TemplateBuild {
  /** The real name. */
  readonly name: string;
  readonly repositoryId: string;
  /** A hash. */
  readonly recipe: string;
  /** A hash, of what of it its migrations alone are made by. */
  readonly migrates: string | undefined;
  readonly hash: string;
}

/**
 * Builds the template aside, as a role that owns nothing else, and swaps it in whole. Nothing is left of a build that
 * fails or is aborted. To be called by the holder of the lock for `hash`.
 */
export async function buildTemplate(
  connection: AdminConnection,
  session: Session,
  request: TemplateBuild,
  build: (url: string, signal?: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const server = await readServer(session);
  const [temporary, role] = [temporaryName(request.hash), templateRoleName(request.hash)];
  const [made, name] = [identifier(temporary), identifier(role)];
  const password = newPassword();
  try {
    await session.query(
      [
        `CREATE ROLE ${name} WITH LOGIN NOCREATEDB NOCREATEROLE PASSWORD ${escapeLiteral(scramVerifier(password))}`,
        ...(server.isSuperuser ? [] : [`GRANT ${name} TO CURRENT_USER`]),
      ].join(';\n'),
      [],
      signal,
    );
    await session.query(`CREATE DATABASE ${made} OWNER ${name}`, [], signal);
    await session.query(`REVOKE ALL ON DATABASE ${made} FROM PUBLIC`, [], signal);
    await fill(request.name, () => build(urlFor(connection, { database: temporary, role, password }), signal));
    signal?.throwIfAborted();
    const rows = await withSession(connection, temporary, signal, (inside) => countRows(inside, signal));
    await swapIn(session, { ...request, rows }, temporary, role, signal);
  } catch (error) {
    try {
      await dropDatabase(session, temporary);
      await session.query(`DROP ROLE IF EXISTS ${name}`);
    } catch {
      // The server is gone: the next run finds what it still has, and drops it.
    }
    throw error;
  }
}

async function fill(template: string, build: () => Promise<void>): Promise<void> {
  try {
    await build();
  } catch (error) {
    if (isAbort(error)) throw error;
    const { code, message, explanation, remedy } = toAppError(error);
    throw new AppError(code, `The template database ${template} could not be built: ${message}`, {
      ...(explanation === undefined ? {} : { explanation }),
      ...(remedy === undefined ? {} : { remedy }),
      cause: error,
    });
  }
}

async function swapIn(
  session: Session,
  { name, repositoryId, recipe, migrates, hash, rows }: TemplateBuild & { readonly rows: number | undefined },
  temporary: string,
  role: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const made = identifier(temporary);
  // What a command left running in the background would keep the database from being renamed.
  await session.query(`ALTER ROLE ${identifier(role)} WITH NOLOGIN PASSWORD NULL`, [], signal);
  await session.query(
    // A vacuum of the server's own has no user, may be ended by a superuser alone, and ends by itself for whoever renames the database.
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usesysid IS NOT NULL',
    [temporary],
    signal,
  );
  const [said] = await session.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`,
    [temporary],
    signal,
  );
  // What it brings back may have been one of ours, whose words would make others of the clones.
  const comment = personsComment(said?.comment ?? undefined);
  const old = (await readDatabase(session, name, signal)) && temporaryName(hash);
  await session.query(
    [
      // The builder keeps the objects only: with the database it would lose it to the first clone's role.
      `ALTER DATABASE ${made} OWNER TO CURRENT_USER`,
      `ALTER DATABASE ${made} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`,
      `COMMENT ON DATABASE ${made} IS ${writeMark({ kind: 'template', repositoryId, recipe, migrates, rows, comment })}`,
      ...(old === undefined ? [] : [`ALTER DATABASE ${identifier(name)} RENAME TO ${identifier(old)}`]),
      `ALTER DATABASE ${made} RENAME TO ${identifier(name)}`,
    ].join(';\n'),
    [],
    signal,
  );
}
