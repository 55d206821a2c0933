import { dirname, join } from 'node:path';
import { hasProgram, usedProgram, usedProgramsFolder } from './usedPrograms';

/** Where the clients of the server's major version are that were fetched for tests. */
export const fetchedClients = join(usedProgramsFolder, 'postgresql-clients');

/** A client of PostgreSQL, fetched or on PATH, and what it needs to find its library; undefined: there is none. */
export function postgresClient(
  program: 'psql' | 'pg_dump' | 'pg_restore',
): { readonly path: string; readonly env: NodeJS.ProcessEnv } | undefined {
  const path = hasProgram(fetchedClients, program) ? join(fetchedClients, program) : usedProgram(program);
  if (path === undefined) return undefined;
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  const library = dirname(path) === fetchedClients ? { LD_LIBRARY_PATH: fetchedClients } : {};
  return { path, env: { ...Object.fromEntries(own), ...library } };
}
