import type { EnvironmentFacts } from '../core/facts';
import { toEnvironment } from '../core/health';
import type { ClusterConnection, Repository, Snapshot, WorktreeStatus } from '../core/model';
import { isSameOwner } from './claimNames';
import type { KnownWorktree } from './readWorktrees';

export interface SnapshotParts {
  readonly repository: Repository | undefined;
  readonly hasEnvironmentFile: boolean;
  readonly worktrees: readonly KnownWorktree[];
  /** By the worktree's path. */
  readonly statuses: ReadonlyMap<string, WorktreeStatus>;
  readonly environments: readonly EnvironmentFacts[];
  readonly cluster: ClusterConnection;
}

/** Joins what git says with what the cluster says. */
export function toSnapshot(parts: SnapshotParts): Snapshot {
  const { repository } = parts;
  const environments = parts.environments
    .filter((facts) => facts.repositoryId === repository?.id)
    .map((facts) => toEnvironment(facts));
  const entries = parts.worktrees.map(({ worktree, identity: recorded }) => {
    // A copied repository has records of what the other one owns.
    const identity = recorded?.repositoryId === repository?.id ? recorded : undefined;
    return {
      worktree,
      status: parts.statuses.get(worktree.path),
      identity,
      environment: identity && environments.find((environment) => isSameOwner(environment, identity)),
    };
  });
  // A record that cannot be read may be the one that claims an environment: nothing is called an orphan meanwhile.
  const areAllKnown = parts.worktrees.every(({ problem }) => problem === undefined);
  const orphans = areAllKnown
    ? environments.filter((environment) => !entries.some(({ identity }) => isSameOwner(identity, environment)))
    : [];
  return { repository, hasEnvironmentFile: parts.hasEnvironmentFile, entries, cluster: parts.cluster, orphans };
}

export const emptySnapshot: Snapshot = {
  repository: undefined,
  hasEnvironmentFile: false,
  entries: [],
  cluster: { state: 'idle' },
  orphans: [],
};
