import { isAbort, toAppError } from '../../core/errors';
import type { EnvironmentFacts } from '../../core/facts';
import type { Cluster } from '../../core/ports/cluster';
import type { Databases } from '../../core/ports/databases';
import type { Locks } from '../../core/ports/host';
import type { Workloads } from '../../core/ports/workloads';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Run } from '../run/run';
import { environmentLock, withLock } from '../run/withLock';
import { databaseSecret } from '../../core/databases/databaseSecret';
import { ownServiceUrl } from '../databases/ownServiceUrl';
import { databaseEnvironment } from '../../core/databases/databaseEnvironment';

export interface RenewPorts {
  readonly cluster: Cluster;
  readonly databases: Databases;
  readonly workloads: Workloads;
  readonly locks: Locks;
}

/**
 * A server that was stopped may have lost its port to another program. Each environment of the embedded cluster, of any
 * repository, whose services still know the old address gets the new one, and its services anew. Passwords stay. What cannot be
 * renewed is reported and left as it is: the others must not wait for it.
 */
export async function renewDatabaseUrls(ports: RenewPorts, run: Run): Promise<void> {
  const environments = await ports.cluster.read(undefined, run.signal);
  const candidates = environments.filter(({ annotations, terminating }) => annotations['database'] && !terminating);
  const stale: EnvironmentFacts[] = [];
  // What cannot be found out is tried, and so told.
  for (const one of candidates) if (await isStale(ports, one, run.signal).catch(() => true)) stale.push(one);
  run.signal.throwIfAborted();
  for (const [index, environment] of stale.entries()) {
    const step = {
      step: 'databaseAddress',
      title: `Renew the database's address in ${environment.namespace}`,
      total: stale.length,
    };
    run.report({ ...step, state: 'running', finished: index });
    try {
      await renew(ports, environment, run.signal);
      run.report({ ...step, state: 'done', finished: index + 1 });
    } catch (error) {
      if (isAbort(error)) throw error;
      run.report({ ...step, state: 'kept', detail: toAppError(error).message, finished: index + 1 });
    }
  }
}

async function isStale({ cluster, databases }: RenewPorts, environment: EnvironmentFacts, signal: AbortSignal) {
  const url = await urlIn(cluster, environment, signal);
  return url !== undefined && !(await databases.isCurrent(url, 'machine', signal));
}

async function renew(ports: RenewPorts, environment: EnvironmentFacts, signal: AbortSignal): Promise<void> {
  const { cluster, databases, workloads, locks } = ports;
  const { namespace, repositoryId, worktreeId, annotations, deployments } = environment;
  const owner = { repositoryId, worktreeId };
  await withLock(locks, environmentLock(owner), `the address of its database is being renewed`, async () => {
    // A database of that name at the new address need not be the one that the environment had.
    const holder = await databases.owner(annotations['database'] ?? '', signal);
    if (holder === 'foreign' || !isSameOwner(holder, owner)) return;
    const old = await urlIn(cluster, environment, signal);
    const url = old === undefined ? undefined : await databases.machineUrl(old, signal);
    if (url === undefined) return;
    await cluster.putSecret(namespace, databaseSecret, databaseEnvironment(url), owner, signal);
    const services = new Set(deployments.map(({ service }) => service).filter((service) => service !== ''));
    for (const service of services) await workloads.restart(namespace, service, owner, signal);
  });
}

/** @throws conflict: the namespace is somebody else's by now, or names another database */
function urlIn(
  cluster: Cluster,
  { namespace, repositoryId, worktreeId, annotations }: EnvironmentFacts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const parts = { database: { database: annotations['database'] ?? '' } };
  return ownServiceUrl(cluster, { owner: { repositoryId, worktreeId }, names: { namespace }, parts }, signal);
}
