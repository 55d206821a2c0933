import { envFilesIn } from './envFiles';
import type { RepositoryFacts } from './facts';
import { variablesIn } from './shared/variablesIn';

/** Names of variables by which a program that works with several databases is told which: Knex, Directus, Strapi, TypeORM, n8n, Django. */
const choice =
  /^(?<whose>[A-Z0-9]+_)?(?:DB|DATABASE)_(?:CLIENT|TYPE|DIALECT|ENGINE|DRIVER|VENDOR|PROVIDER|BACKEND|CONNECTION)$/;
const isPostgres =
  /^(?:pg|pgsql|postgres|postgresql|postgresdb|postgis|django\.(?:contrib\.gis\.)?db\.backends\.(?:postgresql(?:_psycopg2)?|postgis))$/i;

/**
 * Why a folder's program is thought to want PostgreSQL that depends on no client of it for certain: what its files of variables choose.
 *
 * @returns undefined: they choose another, or none
 */
export function chosenDatabase(facts: RepositoryFacts, folder: string): string | undefined {
  // What is its own on this machine comes first.
  for (const path of envFilesIn(facts, folder)) {
    const all = variablesIn(facts.texts.get(path) ?? '').flatMap(([name, value]) => {
      const found = choice.exec(name);
      return found && value !== '' ? [{ name, value, whose: found.groups?.['whose'] }] : [];
    });
    // The program's own, before those of what works beside it or within it: a store of logs, an archive.
    const own = all.filter(({ whose }) => whose === undefined);
    const chosen = own.length > 0 ? own.slice(0, 1) : all;
    if (chosen.length === 0) continue;
    const found = chosen.find(({ value }) => isPostgres.test(value));
    return found && `${found.name} in ${path}`;
  }
  return undefined;
}
