import { envFileNames } from './envFiles';
import type { RepositoryFacts } from './facts';
import { variablesIn } from './shared/variablesIn';

/** Names of variables by which a program that works with several databases is told which: Knex, Directus, Strapi, TypeORM, n8n, Django. */
const choice =
  /^(?:[A-Z0-9]+_)?(?:DB|DATABASE)_(?:CLIENT|TYPE|DIALECT|ENGINE|DRIVER|VENDOR|PROVIDER|BACKEND|CONNECTION)$/;
const isPostgres = /^(?:pg|pgsql|postgres|postgresql|postgresdb|django\.db\.backends\.postgresql)$/i;

/**
 * Why a folder's program is thought to want PostgreSQL that depends on no client of it for certain: what its files of variables choose.
 *
 * @returns undefined: they choose another, or none
 */
export function chosenDatabase(facts: RepositoryFacts, folder: string): string | undefined {
  // What is its own on this machine comes first.
  for (const path of envFileNames(folder)) {
    const chosen = variablesIn(facts.texts.get(path) ?? '').find(([name]) => choice.test(name));
    if (chosen) return isPostgres.test(chosen[1]) ? `${chosen[0]} in ${path}` : undefined;
  }
  return undefined;
}
