import { isAppError } from '../../core/errors';
import type { EnvironmentFacts } from '../../core/facts';
import type { ClusterConnection, ClusterIdentity, Environment, Snapshot, WorktreeStatus } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { OutdatedCluster } from '../../core/outdatedCluster';
import type { CleanupMemory } from '../../core/ports/cleanupNotices';
import type { Clock, Locks, Paths } from '../../core/ports/host';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import type { Part } from '../environment/parts/part';
import { foundInfra, withInfra } from '../infra/foundInfra';
import { readWorktrees } from '../worktrees/readWorktrees';
import { lookAside } from './lookAside';
import { mayWait, readWaits } from './readWaits';
import { readWorkedAt } from './readWork';
import { stateTrouble } from './stateTrouble';
import { toSnapshot } from './toSnapshot';

export interface ReadPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly environmentFiles: EnvironmentFiles;
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** What environments consist of. */
  readonly consistsOf: readonly Part[];
  readonly locks: Pick<Locks, 'isHeld' | 'whatHolds'>;
  readonly paths?: Pick<Paths, 'contains'>;
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
    const clusterSays = readCluster(ports, repository.id, signal);
    // What fails first is told by whoever waits for it.
    clusterSays.catch(() => undefined);
    const leftAsideOf = await lookAside(ports.worktrees, repository);
    const [worktrees, hasEnvironmentFile] = await Promise.all([
      readWorktrees(ports, repository, signal),
      ports.environmentFiles.exists(repository.root),
    ]);
    const statuses = new Map<string, WorktreeStatus>();
    const listed = worktrees.map(({ worktree }) => worktree);
    const standing = listed.filter((worktree) => worktree.prunable === undefined);
    const [{ known, atWork }, leftAside, cluster] = await Promise.all([
      readWorkedAt(ports, worktrees),
      leftAsideOf(listed),
      clusterSays,
      ports.worktrees.statuses(
        standing,
        (worktree, status) => {
          if (!isAppError(status)) statuses.set(worktree.path, status);
        },
        signal,
      ),
    ]);
    const waits = await readWaits(ports.locks, mayWait(known, cluster.environments));
    // What nobody can read goes nowhere.
    const notices = await ports.notices?.(repository.id).catch(() => undefined);
    return toSnapshot({
      repository,
      hasEnvironmentFile,
      worktrees: known,
      statuses,
      atWork,
      waits,
      notices,
      leftAside,
      ...cluster,
      consistsOf: ports.consistsOf,
      clusterIdentity: ports.cluster.identity,
      isSameFolder: sameFolder(ports.paths),
      now: ports.clock.now(),
    });
  };
}

interface ClusterSays {
  readonly cluster: ClusterConnection;
  readonly environments: readonly EnvironmentFacts[];
  readonly infra?: Environment | undefined;
  readonly outdatedCluster?: OutdatedCluster | undefined;
  readonly stateTrouble?: string | undefined;
}

async function readCluster(ports: ReadPorts, repositoryId: string, signal: AbortSignal): Promise<ClusterSays> {
  const offline = (reason: string): ClusterSays => ({
    environments: [],
    cluster: { state: 'offline', reason, since: new Date(ports.clock.now()).toISOString() },
  });
  try {
    if (!(await ports.cluster.probe(signal))) return offline('the cluster does not answer');
    const [environments, outdatedCluster, trouble] = await Promise.all([
      ports.cluster.read(withInfra(repositoryId, ports.cluster.identity), signal),
      ports.outdatedCluster?.(ports.cluster.identity).catch(() => undefined),
      stateTrouble(ports.cluster, signal),
    ]);
    const infra = foundInfra(environments);
    return { environments, cluster: { state: 'online' }, infra, outdatedCluster, stateTrouble: trouble };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return offline(error.message);
  }
}
