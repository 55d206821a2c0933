import { isAppError } from '../../core/errors';
import type { EnvironmentFacts } from '../../core/facts';
import type { ClusterConnection, ClusterIdentity, Environment, Snapshot, WorktreeStatus } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { OutdatedCluster } from '../../core/outdatedCluster';
import type { AgentSessions } from '../../core/ports/agentSessions';
import type { CleanupMemory } from '../../core/ports/cleanupNotices';
import type { TemporalNews } from '../../core/temporalNews';
import type { Clock, Locks, Paths } from '../../core/ports/host';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import type { ShownPart } from '../environment/parts/part';
import { foundInfra, withInfra, withoutInfra } from '../infra/foundInfra';
import { readWorktrees } from '../worktrees/readWorktrees';
import { readAgents } from './agentWatch';
import { readTemporal, type TemporalPorts } from './temporalWatch';
import { lookAside } from './lookAside';
import { mayWait, readWaits } from './readWaits';
import { readWorkedAt } from './readWork';
import { stateTrouble } from './stateTrouble';
import { toSnapshot } from './toSnapshot';

export interface ReadPorts extends TemporalPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly environmentFiles: Pick<EnvironmentFiles, 'exists'>;
  /**
   * The cluster that a repository uses now: the same object as long as that is the same cluster.
   * @throws AppError when nobody can tell which one it is
   */
  readonly clusterOf: (repositoryId: string) => Promise<Cluster>;
  readonly clock: Clock;
  /** What environments consist of, as far as it is seen. */
  readonly consistsOf: readonly ShownPart[];
  readonly locks: Pick<Locks, 'isHeld' | 'whatHolds'>;
  readonly paths?: Pick<Paths, 'contains'>;
  /** Undefined: nobody tells of agents. Loaded when worktrees are known. */
  readonly agents?: () => Promise<AgentSessions>;
  /** What goes by itself of a repository; undefined: nothing does. May reject. */
  readonly notices?: (repositoryId: string) => Promise<CleanupMemory | undefined>;
  /** Whether the cluster runs as an older version than it would after a restart. Starts nothing; may reject. */
  readonly outdatedCluster?: (identity: ClusterIdentity) => Promise<OutdatedCluster | undefined>;
}

/** Symbolic links are followed, where somebody can. */
export function sameFolder(paths: ReadPorts['paths']): (one: string, other: string) => boolean {
  return (one, other) => one === other || (paths?.contains(one, other) === true && paths.contains(other, one));
}

/** The snapshot as it is now, read once; starts nothing. A cluster that does not answer is told as offline. */
export function readSnapshot(ports: ReadPorts): (folder: string, signal: AbortSignal) => Promise<Snapshot> {
  return async (folder, signal) => {
    const repository = await ports.worktrees.repository(folder, signal);
    ports.worktrees.prepareStatuses(repository);
    // What reaches a cluster is loaded, and asks, while git lists the worktrees.
    const reading = readCluster(ports, repository.id, signal);
    reading.catch(() => undefined);
    const leftAsideOf = await lookAside(ports.worktrees, repository);
    const [worktrees, hasEnvironmentFile] = await Promise.all([
      readWorktrees(ports, repository, signal),
      ports.environmentFiles.exists(repository.root),
    ]);
    const statuses = new Map<string, WorktreeStatus>();
    const listed = worktrees.map(({ worktree }) => worktree);
    const standing = listed.filter((worktree) => worktree.prunable === undefined);
    const gitSays = ports.worktrees.statuses(
      standing,
      (worktree, status) => {
        if (!isAppError(status)) statuses.set(worktree.path, status);
      },
      signal,
    );
    const [cluster, { known, atWork }, leftAside, spares] = await Promise.all([
      reading,
      readWorkedAt(ports, worktrees),
      leftAsideOf(listed),
      ports.worktrees.spares(repository),
      gitSays,
    ]);
    const waits = await readWaits(ports.locks, mayWait(known, cluster.environments));
    const agents = await readAgents(ports, standing);
    // What nobody can read goes nowhere.
    const notices = await ports.notices?.(repository.id).catch(() => undefined);
    return toSnapshot({
      repository,
      hasEnvironmentFile,
      worktrees: known,
      statuses,
      atWork,
      waits,
      agents,
      notices,
      leftAside,
      spares,
      consistsOf: ports.consistsOf,
      ...cluster,
      isSameFolder: sameFolder(ports.paths),
      now: ports.clock.now(),
    });
  };
}

interface ClusterSays {
  readonly clusterIdentity: ClusterIdentity;
  readonly cluster: ClusterConnection;
  readonly environments: readonly EnvironmentFacts[];
  readonly infra?: Environment | undefined;
  readonly temporal?: ReadonlyMap<string, TemporalNews> | undefined;
  readonly outdatedCluster?: OutdatedCluster | undefined;
  readonly stateTrouble?: string | undefined;
}

async function readCluster(ports: ReadPorts, repositoryId: string, signal: AbortSignal): Promise<ClusterSays> {
  const used = await ports.clusterOf(repositoryId);
  const clusterIdentity = used.identity;
  const offline = (reason: string): ClusterSays => ({
    ...{ clusterIdentity, environments: [] },
    cluster: { state: 'offline', reason, since: new Date(ports.clock.now()).toISOString() },
  });
  // Asked together: of one that does not answer in time the rest is given up.
  const given = new AbortController();
  const all = AbortSignal.any([signal, given.signal]);
  try {
    const told = Promise.all([
      used.read(withInfra(repositoryId, clusterIdentity), all),
      ports.outdatedCluster?.(clusterIdentity).catch(() => undefined),
      stateTrouble(used, all),
    ]);
    told.catch(() => undefined);
    if (!(await used.probe(signal))) return offline('the cluster does not answer');
    const [environments, outdatedCluster, trouble] = await told;
    const infra = foundInfra(environments);
    const temporal = await readTemporal(ports, clusterIdentity, withoutInfra(environments), signal);
    const more = { infra, temporal, outdatedCluster, stateTrouble: trouble };
    return { clusterIdentity, environments, cluster: { state: 'online' }, ...more };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return offline(error.message);
  } finally {
    given.abort();
  }
}
