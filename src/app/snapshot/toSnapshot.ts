import type { EnvironmentFacts } from '../../core/facts';
import { isSameCluster } from '../../core/clusters/clusterRules';
import { withFlapping } from '../../core/services/flapping';
import { toEnvironment } from '../../core/services/health';
import { isPrepared } from '../../core/services/heldServices';
import { goesAfter, isOfNotice } from '../../core/services/goesAfter';
import type { AgentStatus } from '../../core/agents/agentStatus';
import type { CleanupMemory } from '../../core/ports/cleanupNotices';
import { temporalPageAt, type TemporalNews } from '../../core/temporalNews';
import { temporalNamespaceIn } from '../../core/temporal/temporalNamespaceIn';
import type { OutdatedCluster } from '../../core/outdatedCluster';
import type {
  Owner,
  ClusterConnection,
  ClusterIdentity,
  Environment,
  LeftFolder,
  Repository,
  Snapshot,
  Worktree,
  WorktreeEntry,
  WorktreeStatus,
} from '../../core/model';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import { partStatuses } from '../environment/parts/partStatuses';
import type { ShownPart } from '../environment/parts/part';
import type { KnownWorktree } from '../worktrees/readWorktrees';
import { workOf } from './workOf';

export interface SnapshotParts {
  readonly repository: Repository | undefined;
  readonly hasEnvironmentFile: boolean;
  readonly worktrees: readonly KnownWorktree[];
  /** By the worktree's path. */
  readonly statuses: ReadonlyMap<string, WorktreeStatus>;
  readonly environments: readonly EnvironmentFacts[];
  /** What environments consist of, as far as it is seen. */
  readonly consistsOf: readonly ShownPart[];
  readonly infra?: Environment | undefined;
  readonly cluster: ClusterConnection;
  /** Which cluster that is; undefined: nobody can tell now. */
  readonly clusterIdentity: ClusterIdentity | undefined;
  readonly outdatedCluster?: OutdatedCluster | undefined;
  /** Why the cluster would lose what is changed now. */
  readonly stateTrouble?: string | undefined;
  readonly leftAside?: readonly LeftFolder[] | undefined;
  readonly spares?: readonly string[] | undefined;
  /** Paths of worktrees at which somebody is at work now. */
  readonly atWork?: ReadonlySet<string> | undefined;
  /** Why environments wait to start, by the worktree's path. */
  readonly waits?: ReadonlyMap<string, string> | undefined;
  /** Agents, by the worktree's path. */
  readonly agents?: ReadonlyMap<string, readonly AgentStatus[]> | undefined;
  /** What is known of namespaces in Temporal, by their names. */
  readonly temporal?: ReadonlyMap<string, TemporalNews> | undefined;
  /** What goes by itself of the repository. */
  readonly notices?: CleanupMemory | undefined;
  /** Whether two paths are the same folder, however they are written. */
  readonly isSameFolder?: (one: string, other: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A claimed namespace without a service is being filled for so long; after that its create was cut off. */
const creatingMs = 15 * 60_000;

/** Joins what git says with what the cluster says. */
export function toSnapshot(parts: SnapshotParts): Snapshot {
  const { repository, clusterIdentity } = parts;
  const own = parts.environments.filter((facts) => facts.repositoryId === repository?.id);
  const temporal = withPages(parts);
  const environments = own.map((facts) => {
    const news = temporal?.get(temporalNamespaceIn(facts.annotations) ?? '');
    const told = partStatuses(parts.consistsOf, facts, { temporal });
    return {
      ...withFlapping(toEnvironment(facts), facts, parts.now),
      parts: told,
      ...(news ? { temporal: news } : {}),
    };
  });
  const entries = parts.worktrees.map(({ worktree, identity: recorded, problem }): WorktreeEntry => {
    // A copied repository has records of what the other one owns.
    const identity = recorded?.owner.repositoryId === repository?.id ? recorded : undefined;
    const isElsewhere = identity && clusterIdentity && !isSameCluster(identity.cluster, clusterIdentity);
    // What is here under its owner's name, while its own record says otherwise, is not what the record means.
    const here = isElsewhere ? [] : environments;
    const environment = identity && here.find((candidate) => isSameOwner(candidate, identity.owner));
    const facts = environment && own.find(({ namespace }) => namespace === environment.namespace);
    const work = workOf({ worktree, identity }, parts.atWork?.has(worktree.path) === true, facts);
    // A request has asked for it: its cluster says why it waits.
    const waits = parts.waits?.get(worktree.path) ?? facts?.annotations['waits'];
    const agents = parts.agents?.get(worktree.path);
    const goes = identity && goesOf(identity.owner, worktree, parts.notices);
    return {
      worktree,
      status: parts.statuses.get(worktree.path),
      identity,
      ...(problem ? { damaged: problem.message } : {}),
      environment,
      ...(isMoved(environment, worktree, parts.isSameFolder) ? { movedFrom: environment?.folder } : {}),
      ...(isElsewhere ? { elsewhere: identity.cluster } : {}),
      ...(work ? { work } : {}),
      ...(waits === undefined ? {} : { waits }),
      ...(agents ? { agents } : {}),
      ...(goes ? { goes } : {}),
    };
  });
  // A record that cannot be read may be the one that claims an environment: nothing is called an orphan meanwhile.
  const areAllKnown = parts.worktrees.every(({ problem }) => problem === undefined);
  const orphans = (areAllKnown ? environments : [])
    .map((environment, index) => ({ ...environment, isBeingCreated: isBeingCreated(own[index], parts.now) }))
    .filter((environment) => !entries.some(({ identity }) => isSameOwner(identity?.owner, environment)));
  const { hasEnvironmentFile, cluster } = parts;
  const isOnline = cluster.state === 'online';
  return {
    repository,
    hasEnvironmentFile,
    entries,
    cluster,
    clusterIdentity,
    ...(isOnline && parts.outdatedCluster ? { outdatedCluster: parts.outdatedCluster } : {}),
    ...(isOnline && parts.stateTrouble !== undefined ? { stateTrouble: parts.stateTrouble } : {}),
    orphans,
    ...(parts.leftAside?.length ? { leftAside: parts.leftAside } : {}),
    ...(parts.spares?.length ? { spares: parts.spares } : {}),
    ...(parts.infra ? { infra: parts.infra } : {}),
  };
}

/** Infra's Temporal has its pages where infra's ingress has them. */
function withPages({ temporal, infra }: SnapshotParts): SnapshotParts['temporal'] {
  const base = infra?.services.find(({ name }) => name === 'temporal-ui')?.urls[0];
  if (base === undefined || !temporal) return temporal;
  return new Map(
    [...temporal].map(([name, news]) => [
      name,
      news.state === 'told' && news.page === undefined ? { ...news, page: temporalPageAt(base, name) } : news,
    ]),
  );
}

function goesOf(
  { worktreeId }: Owner,
  worktree: Worktree,
  { notices = [], lookedAt }: Partial<CleanupMemory> = {},
): WorktreeEntry['goes'] {
  const notice = notices.find((each) => each.worktreeId === worktreeId && isOfNotice(worktree, each));
  return notice && lookedAt !== undefined ? { what: notice.what, after: goesAfter(notice, lookedAt) } : undefined;
}

/** `git worktree move` moves a folder from under the services that run in it. */
function isMoved(
  environment: Environment | undefined,
  { path, prunable }: Worktree,
  isSameFolder: SnapshotParts['isSameFolder'] = (one, other) => one === other,
): boolean {
  const { folder = '', terminating } = environment ?? {};
  return folder !== '' && !terminating && prunable === undefined && folder !== path && !isSameFolder(folder, path);
}

/** The namespace is claimed, and its services are prepared and held, before there is a worktree that could say so. */
export function isBeingCreated(facts: EnvironmentFacts | undefined, now: number): boolean {
  const claimedAt = Date.parse(facts?.annotations['claimed-at'] ?? '');
  return facts?.terminating === false && isPrepared(facts) && Math.abs(now - claimedAt) < creatingMs;
}

export const emptySnapshot: Snapshot = {
  repository: undefined,
  hasEnvironmentFile: false,
  entries: [],
  cluster: { state: 'idle' },
  clusterIdentity: undefined,
  orphans: [],
};
