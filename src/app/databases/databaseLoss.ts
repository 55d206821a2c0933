import type { Loss } from '../../core/errors';
import type { Owner } from '../../core/model';
import { plural } from '../../core/plural';
import type { Databases } from '../../core/ports/databases';

/**
 * What an environment's database has that it did not have when it was cloned; that nobody can tell is a loss, too.
 *
 * @returns undefined when there is no such database @throws conflict when it is anybody else's
 */
export async function databaseLoss(
  databases: Databases,
  { database, repositoryId, worktreeId }: Owner & { readonly database: string },
  signal: AbortSignal,
): Promise<{ readonly losses: readonly Loss[] } | undefined> {
  const changes = await databases.changes({ database, owner: { repositoryId, worktreeId } }, signal);
  if (changes === undefined) return undefined;
  if (changes.kind === 'unchanged') return { losses: [] };
  if (changes.kind === 'unknown') {
    return { losses: [{ kind: 'database', count: 1, examples: [`it cannot be told: ${changes.reason}`] }] };
  }
  const tables = changes.examples.map(({ table, rows }) => `${table} (${plural(rows, 'row')})`);
  const others = changes.tables - changes.examples.length;
  const more = others > 0 ? [plural(others, 'more table')] : [];
  const examples = [...tables, ...more, ...(changes.schema ? ['its schema'] : [])];
  return { losses: [{ kind: 'database', count: Math.max(1, changes.rows), examples }] };
}
