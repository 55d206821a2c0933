import { isAppError } from '../../core/errors';
import type { ClusterConnection, ClusterIdentity, Snapshot, WorktreeStatus } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { OutdatedCluster } from '../../core/outdatedCluster';
import type { Clock, Paths } from '../../core/ports/host';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import { readWorktrees } from '../worktrees/readWorktrees';
import { toSnapshot } from './toSnapshot';

export interface ReadPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly environmentFiles: EnvironmentFiles;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly paths?: Pick<Paths, 'contains'>;
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
    const [worktrees, hasEnvironmentFile, clusterSays] = await Promise.all([
      readWorktrees(ports, repository, signal),
      ports.environmentFiles.exists(repository.root),
      readCluster(ports, repository.id, signal),
    ]);
    const statuses = new Map<string, WorktreeStatus>();
    const standing = worktrees.map(({ worktree }) => worktree).filter((worktree) => worktree.prunable === undefined);
    await ports.worktrees.statuses(
      standing,
      (worktree, status) => {
        if (!isAppError(status)) statuses.set(worktree.path, status);
      },
      signal,
    );
    const clusterIdentity = ports.cluster.identity;
    const outdated = clusterSays.cluster.state === 'online' ? ports.outdatedCluster?.(clusterIdentity) : undefined;
    return toSnapshot({
      repository,
      hasEnvironmentFile,
      worktrees,
      statuses,
      ...clusterSays,
      clusterIdentity,
      outdatedCluster: await outdated?.catch(() => undefined),
      isSameFolder: sameFolder(ports.paths),
      now: ports.clock.now(),
    });
  };
}

async function readCluster(ports: ReadPorts, repositoryId: string, signal: AbortSignal) {
  const offline = (reason: string): ClusterConnection => ({
    state: 'offline',
    reason,
    since: new Date(ports.clock.now()).toISOString(),
  });
  try {
    if (!(await ports.cluster.probe(signal)))
      return { environments: [], cluster: offline('the cluster does not answer') };
    const cluster: ClusterConnection = { state: 'online' };
    return { environments: await ports.cluster.read(repositoryId, signal), cluster };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { environments: [], cluster: offline(error.message) };
  }
}
