import { isSameCluster } from '../../core/clusters/clusterRules';
import { AppError, isAbort } from '../../core/errors';
import { infraOwner } from '../../core/clusters/infra';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { ClusterIdentity, Identity, Repository, Worktree } from '../../core/model';
import type { NamespaceRecord } from '../../core/ports/cluster';
import type { Databases } from '../../core/ports/databases';
import type { Clock, Locks } from '../../core/ports/host';
import type {
  KubeconfigOfCluster,
  LocalClusterRecord,
  LocalClusterRecords,
  LocalClusters,
} from '../../core/ports/localClusters';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import { readWorktrees } from '../worktrees/readWorktrees';
import type { UseCase } from '../run/run';
import { clusterLock } from './setUpCluster';
import { runSteps, type Step } from '../run/steps';
import { withLock } from '../run/withLock';

export interface ContentsPorts {
  readonly localClusters: LocalClusters;
  readonly localRecords: LocalClusterRecords;
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  /** Of a server outside of the cluster; undefined: the environments' databases are in the cluster, and go with it. */
  readonly databases: Databases | undefined;
  /** Namespaces of environments in a cluster; undefined when it does not answer. Starts nothing. */
  readonly namespacesIn: (
    access: KubeconfigOfCluster,
    signal: AbortSignal,
  ) => Promise<readonly NamespaceRecord[] | undefined>;
}

export interface DeleteClusterPorts extends ContentsPorts {
  readonly locks: Locks;
  readonly clock: Clock;
  /** Takes it from every repository that had chosen it. */
  readonly forget: (identity: ClusterIdentity) => Promise<void>;
}

/** What a cluster holds that goes with it. */
export interface ClusterContents {
  readonly name: string;
  /** Namespaces of environments of this repository, also of those of which a database alone is left. */
  readonly own: readonly string[];
  readonly others: readonly string[];
  /** The cluster does not run: what is in it cannot be seen. */
  readonly isUnseen: boolean;
}

export interface DeleteClusterRequest {
  /** Any folder of the repository that asks. */
  readonly folder: string;
  readonly name: string;
  /** Namespaces that may be lost. */
  readonly accepted: readonly string[];
  /** Whether it may be deleted although what is in it cannot be seen. */
  readonly unseen?: boolean;
}

/** @throws notFound when Coppice made no such cluster */
export function clusterContents(
  ports: ContentsPorts,
): UseCase<{ readonly folder: string; readonly name: string }, ClusterContents> {
  return async ({ folder, name }, { signal }) => {
    const repository = await ports.worktrees.repository(folder, signal);
    return contentsOf(ports, await recordOf(ports.localRecords, name), repository, signal);
  };
}

/**
 * Deletes a cluster that Coppice made, with all that runs in it, its registry and its kubeconfig; then drops the databases of the
 * environments that were in it, and forgets those environments. Worktrees and branches stay.
 *
 * @throws notFound, conflict naming the environments that would be lost and were not accepted
 */
export function deleteCluster(ports: DeleteClusterPorts): UseCase<DeleteClusterRequest, ClusterContents> {
  return async (request, run) => {
    const { name } = request;
    const repository = await ports.worktrees.repository(request.folder, run.signal);
    return withLock(ports.locks, clusterLock(name), `the cluster ${name} is being deleted`, async () => {
      const record = await recordOf(ports.localRecords, name);
      const contents = await contentsOf(ports, record, repository, run.signal);
      refuse(contents, request);
      const orphaned = await orphanedWith(ports, record, repository, run.signal);
      await runSteps(steps(ports, record, orphaned), run, ports.clock);
      return contents;
    });
  };
}

async function recordOf(records: LocalClusterRecords, name: string): Promise<LocalClusterRecord> {
  const record = await records.read(name);
  if (record) return record;
  const known = (await records.all()).map((one) => one.name).join(', ');
  throw new AppError(
    'notFound',
    `Coppice has made no cluster ${name}${known === '' ? '.' : `; it has made ${known}.`}`,
  );
}

async function contentsOf(
  ports: ContentsPorts,
  { name, access }: LocalClusterRecord,
  repository: Repository,
  signal: AbortSignal,
): Promise<ClusterContents> {
  // One that never was finished never had an environment.
  if (!access) return { name, own: [], others: [], isUnseen: false };
  const namespaces = await ports.namespacesIn(access, signal);
  const isOwn = ({ owner }: NamespaceRecord): boolean => owner?.repositoryId === repository.id;
  const isThere = async (): Promise<boolean> =>
    (await ports.localClusters.list(signal)).some((cluster) => cluster.name === name);
  // Infra is no environment: it goes with its cluster as the registry does.
  const names = (namespaces ?? []).filter(
    ({ owner }) => owner !== undefined && owner.repositoryId !== infraOwner.repositoryId,
  );
  const own = new Set(names.filter(isOwn).map((one) => one.name));
  const others = new Set(names.filter((one) => !isOwn(one)).map((one) => one.name));
  // A cluster that was deleted with another tool, or does not run, says nothing of what goes with it all the same.
  for (const { identity } of await environmentsIn(ports, access, repository, namespaces ?? [], signal)) {
    const { namespace } = identity.names;
    const list = identity.owner.repositoryId === repository.id ? own : others;
    if (!own.has(namespace) && !others.has(namespace) && (await hasDatabase(ports, identity, signal)))
      list.add(namespace);
  }
  return {
    name,
    own: [...own],
    others: [...others],
    // What is gone already holds nothing: a delete that was cut off goes on.
    isUnseen: namespaces === undefined && (await isThere()),
  };
}

/** Outside of its cluster. In doubt it has one. */
async function hasDatabase({ databases }: ContentsPorts, identity: Identity, signal: AbortSignal): Promise<boolean> {
  const { database } = identity.parts;
  if (!databases || !database) return false;
  const owner = await databases.owner(database.database, signal).catch((error: unknown) => {
    if (isAbort(error)) throw error;
    return identity.owner;
  });
  return owner !== 'foreign' && isSameOwner(owner, identity.owner);
}

function refuse({ name, own, others, isUnseen }: ClusterContents, request: DeleteClusterRequest): void {
  if (isUnseen && request.unseen !== true) {
    throw new AppError(
      'conflict',
      `The cluster ${name} does not run, so that the environments in it cannot be seen: start it, and delete it then.`,
    );
  }
  const isLost = (namespace: string): boolean => !request.accepted.includes(namespace);
  const lost = [...own.filter(isLost), ...others.filter(isLost)];
  if (lost.length === 0) return;
  const foreign = others.filter(isLost);
  const whose = foreign.length > 0 ? ', also of other repositories' : '';
  throw new AppError(
    'conflict',
    `The cluster ${name} has environments that would be lost${whose}: ${lost.join(', ')}.`,
  );
}

interface Orphaned {
  readonly worktree: Worktree;
  readonly identity: Identity;
  /** Its namespace says that there is a database: the record has a name for one in any case. */
  readonly hasDatabase: boolean;
}

/** Worktrees whose environments go with the cluster. A record that stayed would name a cluster that nobody can choose any more. */
async function orphanedWith(
  ports: DeleteClusterPorts,
  { access }: LocalClusterRecord,
  repository: Repository,
  signal: AbortSignal,
): Promise<Orphaned[]> {
  if (!access) return [];
  const namespaces = (await ports.namespacesIn(access, signal)) ?? [];
  const known = await environmentsIn(ports, access, repository, namespaces, signal);
  const withDatabase = new Set(namespaces.flatMap((one) => (one.annotations['database'] ? [one.name] : [])));
  return known.map((one) => ({ ...one, hasDatabase: withDatabase.has(one.identity.names.namespace) }));
}

/** Of this repository, and of those whose namespaces say where they are. */
async function environmentsIn(
  ports: ContentsPorts,
  access: KubeconfigOfCluster,
  repository: Repository,
  namespaces: readonly NamespaceRecord[],
  signal: AbortSignal,
): Promise<Omit<Orphaned, 'hasDatabase'>[]> {
  const folders = namespaces.flatMap(({ annotations }) => annotations['folder'] ?? []);
  const repositories = new Map([[repository.commonDir, repository]]);
  for (const folder of folders) {
    // A folder that is gone, or is no repository any more, has no record either.
    const found = await ports.worktrees.repository(folder, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (found) repositories.set(found.commonDir, found);
  }
  const known = await Promise.all([...repositories.values()].map((one) => environmentsOf(ports, one, access, signal)));
  return known.flat();
}

async function environmentsOf(
  ports: ContentsPorts,
  repository: Repository,
  access: KubeconfigOfCluster,
  signal: AbortSignal,
): Promise<Omit<Orphaned, 'hasDatabase'>[]> {
  return (await readWorktrees(ports, repository, signal)).flatMap(({ worktree, identity }) =>
    identity?.owner.repositoryId === repository.id && isSameCluster(identity.cluster, access.identity)
      ? [{ worktree, identity }]
      : [],
  );
}

function steps(ports: DeleteClusterPorts, record: LocalClusterRecord, orphaned: readonly Orphaned[]): Step[] {
  const { name, mark, access } = record;
  const forgotten = orphaned.map(({ worktree, identity, hasDatabase }): Step => ({
    id: `environment ${identity.names.slug}`,
    title:
      ports.databases && hasDatabase
        ? `Drop the database of ${identity.names.slug}, and forget its environment`
        : `Forget the environment of ${identity.names.slug}`,
    after: ['cluster'],
    run: async ({ signal }) => {
      const { owner, parts } = identity;
      if (parts.database) {
        const { database, role } = parts.database;
        await ports.databases?.drop({ database, role, owner }, signal);
      }
      await ports.identities.remove(worktree);
    },
  }));
  return [
    {
      id: 'cluster',
      title: `Delete the cluster ${name}`,
      after: [],
      run: ({ signal }) => ports.localClusters.delete(name, mark, signal),
    },
    ...forgotten,
    {
      id: 'record',
      title: 'Forget the cluster',
      after: ['cluster', ...forgotten.map(({ id }) => id)],
      run: async () => {
        if (access) await ports.forget(access.identity);
        await ports.localRecords.remove(name);
      },
    },
  ];
}
