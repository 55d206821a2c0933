import type { DatabaseChanges } from '../../core/databases/databaseChanges';
import { isAppError, type Loss } from '../../core/errors';
import type { Owner } from '../../core/model';
import { plural } from '../../core/text/plural';
import type { Databases } from '../../core/ports/databases';

/** As long as it is asked what was written. Milliseconds. */
const patienceMs = 5_000;

/**
 * What an environment's database has that it did not have when it was cloned, and its snapshots; that nobody can tell is a loss, too.
 *
 * @returns undefined when there is no such database, and no snapshot of it @throws conflict when it is anybody else's
 */
export async function databaseLoss(
  databases: Databases,
  { database, repositoryId, worktreeId }: Owner & { readonly database: string },
  signal: AbortSignal,
): Promise<{ readonly losses: readonly Loss[] } | undefined> {
  const owner = { repositoryId, worktreeId };
  const changes = await databases.changes({ database, owner }, signal);
  const isUntold = changes?.kind === 'unknown';
  const snapshots = await snapshotNames(databases, owner, isUntold, signal);
  if (changes === undefined && snapshots.length === 0) return undefined;
  const examples = [
    ...(changes ? writtenTo(changes) : []),
    ...(snapshots.length > 0 ? [`${plural(snapshots.length, 'snapshot')}: ${snapshots.join(', ')}`] : []),
  ];
  if (examples.length === 0) return { losses: [] };
  const rows = changes?.kind === 'changed' ? changes.rows : 0;
  return { losses: [{ kind: 'database', count: Math.max(1, rows), examples }] };
}

/** @param isUntold the server may not answer at all: then there is none that it names */
async function snapshotNames(
  databases: Databases,
  owner: Owner,
  isUntold: boolean,
  signal: AbortSignal,
): Promise<string[]> {
  const limit = isUntold ? AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) : signal;
  try {
    // What is kept stays.
    return (await databases.listSnapshots(owner, limit)).flatMap(({ name, isKept }) => (isKept ? [] : name));
  } catch (error) {
    signal.throwIfAborted();
    if (!isUntold || !(isAppError(error) || limit.aborted)) throw error;
    return [];
  }
}

function writtenTo(changes: DatabaseChanges): string[] {
  if (changes.kind === 'unchanged') return [];
  if (changes.kind === 'unknown') return [`it cannot be told: ${changes.reason}`];
  const { examples, tables, schema } = changes;
  const named = examples.map(({ table, rows }) => `${table} (${plural(rows, 'row')})`);
  const others = tables - examples.length;
  return [...named, ...(others > 0 ? [plural(others, 'more table')] : []), ...(schema ? ['its schema'] : [])];
}
