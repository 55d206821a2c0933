import { envFileNames } from './envFiles';
import type { RepositoryFacts } from './facts';
import { pythonProjects } from './pythonServices';
import { databaseForm } from './shared/databaseAddress';
import { variablesIn } from './shared/variablesIn';

/**
 * How DATABASE_URL is to be written for the project's driver, by what its files say of it, else by the drivers that it has: SQLAlchemy
 * takes its driver from the address, and psycopg2 where that names none (docs.sqlalchemy.org/en/20/core/engines.html).
 *
 * @param urls what files of the repository say that DATABASE_URL is
 */
export function driverUrl(urls: readonly string[], facts: RepositoryFacts): { readonly url?: string } {
  const said = urls.map(databaseForm).find((form) => form !== undefined);
  if (said !== undefined) return { url: said };
  const isAsync = pythonProjects(facts).some(
    ({ dependencies: all }) =>
      all.has('asyncpg') &&
      (all.has('sqlalchemy') || all.has('sqlmodel')) &&
      ![...all].some((name) => /^psycopg/.test(name)),
  );
  const url = urls.length === 0 && isAsync ? databaseForm('postgresql+asyncpg://') : undefined;
  return url === undefined ? {} : { url };
}

/** What files of variables in these folders say that DATABASE_URL is. */
export function databaseUrls(facts: RepositoryFacts, folders: readonly string[]): string[] {
  return [...new Set(['.', ...folders])]
    .flatMap(envFileNames)
    .flatMap((path) => variablesIn(facts.texts.get(path) ?? ''))
    .flatMap(([name, value]) => (name === 'DATABASE_URL' && value !== '' ? [value] : []));
}
