import { databaseEnvironment } from '../../core/databases/databaseEnvironment';
import { databaseSecret } from '../../core/databases/databaseSecret';
import { AppError, isAppError } from '../../core/errors';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { DatabaseRecord, Identity, Owner } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';

interface Place {
  readonly owner: Owner;
  readonly names: Pick<Identity['names'], 'namespace'>;
  readonly parts: { readonly database?: Pick<DatabaseRecord, 'database'> };
}

/**
 * The URL of an environment's database as its namespace keeps it, for pods. A namespace that is gone may be somebody else's by now, with a
 * Secret of that name: its owner is compared, and that the Secret names the database that is recorded.
 *
 * @returns undefined: there is none now
 * @throws conflict: what is there is not this environment's
 */
export async function ownServiceUrl(
  cluster: Pick<Cluster, 'readNamespace' | 'readSecret'>,
  { names: { namespace: name }, owner, parts: { database: record } }: Place,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!record) return undefined;
  const namespace = await cluster.readNamespace(name, signal);
  if (!namespace) return undefined;
  if (!isSameOwner(namespace.owner, owner))
    throw new AppError('conflict', `The namespace ${name} belongs to somebody else.`);
  const url = (await cluster.readSecret(name, databaseSecret, signal))?.['DATABASE_URL'];
  if (url === undefined || databaseEnvironment(url).DATABASE_NAME === record.database) return url;
  throw new AppError(
    'conflict',
    `The namespace ${name} names another database than ${record.database}, the environment's own.`,
  );
}

/** The same for what only tells it: of what is not this environment's nothing is told. */
export async function serviceUrlIfOwn(...of: Parameters<typeof ownServiceUrl>): Promise<string | undefined> {
  try {
    return await ownServiceUrl(...of);
  } catch (error) {
    if (isAppError(error, 'conflict')) return undefined;
    throw error;
  }
}
