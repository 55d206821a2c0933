import type { Databases } from '../../core/ports/databases';
import type { RepositoryDatabase } from '../../core/ports/repositoryDatabases';
import { markOf, readDatabase } from './catalog';
import { assertEnvironmentName, identifier, isMarkOf, makingHash, writeMark, type Mark } from './ownership';
import { codeOf } from './postgresErrors';
import { presentDatabase } from './presentDatabase';
import type { ServerSessions } from './serverSessions';
import type { Session } from './session';
import { toldInTime } from './toldInTime';

/** As the port says it. */
export async function databasesOf(
  sessions: ServerSessions,
  repositoryId: string,
  signal: AbortSignal | undefined,
): Promise<RepositoryDatabase[]> {
  signal?.throwIfAborted();
  if (!(await sessions.server.exists())) return [];
  return sessions.open('Look for the databases of the repository', signal, async (session) => {
    const rows = await session.query<{
      name: string;
      comment: string | null;
      owner: string | null;
      bytes: string | null;
      sessions: number;
    }>(
      // The size is told to who may connect, or reads all statistics.
      `SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment,
         shobj_description(datdba, 'pg_authid') AS owner,
         CASE WHEN has_database_privilege(oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
           THEN pg_database_size(oid) END AS bytes,
         (SELECT count(*)::int FROM pg_stat_activity a WHERE a.datid = d.oid AND backend_type = 'client backend') AS sessions
       FROM pg_database d WHERE datconnlimit <> -2 AND datname NOT LIKE 'coppice\\_tmp\\_%' ORDER BY 1`,
      [],
      signal,
    );
    const made = await madeTimes(session, signal);
    return rows.flatMap(({ name, comment, owner, bytes, sessions: open }): RepositoryDatabase[] => {
      const mark = markOf(comment, owner);
      const about = mark && aboutOf(mark);
      if (about?.repositoryId !== repositoryId) return [];
      const { kind, title, isProtected, isKept } = about;
      return [
        {
          ...{
            kind,
            name,
            title,
            isProtected,
            ...(isKept ? { isKept } : {}),
            owner: mark && 'owner' in mark ? mark.owner : undefined,
          },
          ...{ bytes: bytes === null ? undefined : Number(bytes), madeAt: made.get(name), sessions: open },
        },
      ];
    });
  });
}

function aboutOf(
  mark: Mark,
): Pick<RepositoryDatabase, 'kind' | 'title' | 'isProtected' | 'isKept'> & { readonly repositoryId: string } {
  switch (mark.kind) {
    case 'template':
      return { kind: 'template', title: undefined, isProtected: false, repositoryId: mark.repositoryId };
    case 'snapshot':
      return {
        ...{ kind: 'snapshot', title: mark.name, isProtected: false, isKept: mark.isKept },
        repositoryId: mark.owner.repositoryId,
      };
    case 'environment': {
      const { kept, owner } = mark;
      const isProtected = mark.isProtected === true;
      return {
        kind: kept ? 'kept' : 'environment',
        title: kept?.database,
        isProtected,
        repositoryId: owner.repositoryId,
      };
    }
  }
}

/** Since when each is there, by the file that is written with it; none where the administrator may not look at files. */
async function madeTimes(session: Session, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, number>> {
  try {
    const rows = await session.query<{ name: string; made: string | null }>(
      `SELECT datname AS name,
         floor(extract(epoch FROM (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification) * 1000)::bigint AS made
         FROM pg_database`,
      [],
      signal,
    );
    return new Map(rows.flatMap(({ name, made }) => (made === null ? [] : [[name, Number(made)]])));
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    return new Map();
  }
}

/** As the port says it. */
export async function readProtection(
  sessions: ServerSessions,
  { database, owner }: Parameters<Databases['isProtected']>[0],
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  assertEnvironmentName(database);
  return toldInTime(sessions, signal, async (session, either) => {
    const mark = (await readDatabase(session, database, either))?.mark;
    if (mark?.kind !== 'environment' || !isMarkOf(mark, owner)) return undefined;
    return mark.isProtected === true;
  });
}

/** As the port says it. */
export async function writeProtection(
  sessions: ServerSessions,
  { isProtected: isToBe, ...of }: Parameters<Databases['protect']>[0],
  signal: AbortSignal | undefined,
): Promise<void> {
  assertEnvironmentName(of.database);
  assertEnvironmentName(of.role);
  const doing = `Say of the database ${of.database} whether it is protected`;
  await sessions.locked(doing, makingHash('database', of.database), signal, async (session) => {
    const { mark } = await presentDatabase(session, of);
    const said = writeMark({ ...mark, isProtected: isToBe || undefined });
    await session.query(`COMMENT ON ROLE ${identifier(of.role)} IS ${said}`, [], signal);
  });
}
