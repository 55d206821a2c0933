import { traitsOf } from '../../core/clusterTraits';
import { withFlapping } from '../../core/services/flapping';
import { toEnvironment } from '../../core/services/health';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import { isAppError } from '../../core/errors';
import type { ClusterIdentity, LeftFolder, Owner, UnclaimedEnvironment } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Databases, OwnedDatabase } from '../../core/ports/databases';
import type { Clock } from '../../core/ports/host';
import type { KeptData, UsedServices } from '../../core/ports/usedServices';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import { environmentParts } from '../environment/parts/environmentParts';
import type { Part } from '../environment/parts/part';
import { partStatuses } from '../environment/parts/partStatuses';
import { withoutInfra } from '../infra/foundInfra';
import { claims, type Claim } from '../worktrees/claims';
import { lookAside } from './lookAside';
import { isBeingCreated } from './toSnapshot';

export interface EveryEnvironmentPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly cluster: Cluster;
  readonly uses: Pick<UsedServices, 'kept'>;
  /** Of a server that serves the environments of this cluster and no others; undefined: there is none. */
  readonly ownDatabases: Pick<Databases, 'owned'> | undefined;
  readonly clock: Clock;
}

/** An environment of any repository. */
export interface PlacedEnvironment extends UnclaimedEnvironment {
  readonly claim: Claim;
}

export interface EveryEnvironment {
  readonly clusterIdentity: ClusterIdentity;
  /** By namespace. */
  readonly environments: readonly PlacedEnvironment[];
  /** Folders that deletes have set aside in their repositories, and that nothing leads to any more. */
  readonly leftAside: readonly LeftFolder[];
  /** Data of what environments used that this cluster has no more, and that no worktree says are its own. */
  readonly leftData: readonly KeptData[];
  /** Databases of such environments. */
  readonly leftDatabases: readonly OwnedDatabase[];
}

/**
 * Every environment that a cluster has, also of repositories that are gone. Starts nothing.
 *
 * @param folder where somebody asks: of its repository, too, it is told what deletes have set aside
 * @throws unreachable
 */
export async function everyEnvironment(
  { worktrees, identities, cluster, uses, ownDatabases, clock }: EveryEnvironmentPorts,
  folder: string,
  signal: AbortSignal,
  parts: readonly Part[] = environmentParts,
): Promise<EveryEnvironment> {
  // What is made meanwhile has its namespace first.
  const kept = traitsOf(cluster.identity).runsImages ? [] : await uses.kept();
  // A database server that is away keeps nobody from seeing what runs.
  const databases = (await ownDatabases?.owned(signal).catch(whatFailed)) ?? [];
  const read = await cluster.read(undefined, signal);
  const facts = withoutInfra(read);
  const isAlone = ({ owner }: { readonly owner: Owner }): boolean => !facts.some((one) => isSameOwner(one, owner));
  const alone = kept.filter(isAlone);
  const aloneDatabases = databases.filter(isAlone);
  const stamped = [
    ...facts.map((one) => ({ owner: one, annotations: one.annotations })),
    // Where nothing says whose they are, it may be the repository that asks.
    ...alone.map(({ owner, place }) => ({ owner, annotations: annotationsOf(place ?? { worktree: folder }) })),
    ...aloneDatabases.map(({ owner }) => ({ owner, annotations: annotationsOf({ worktree: folder }) })),
  ];
  const claimOf = claims({ worktrees, identities }, stamped, signal);
  const environments = await Promise.all(
    facts.map(async (one) => ({
      ...withFlapping(toEnvironment(one), one, clock.now()),
      parts: partStatuses(parts, one),
      isBeingCreated: isBeingCreated(one, clock.now()),
      claim: await claimOf(one),
    })),
  );
  environments.sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  const roots = environments.flatMap(({ claim }) => ('root' in claim ? [claim.root] : []));
  return {
    clusterIdentity: cluster.identity,
    environments,
    leftAside: await leftAsideIn(worktrees, [...roots, folder], signal),
    leftData: await unclaimedAmong(alone, claimOf),
    leftDatabases: await unclaimedAmong(aloneDatabases, claimOf),
  };
}

async function leftAsideIn(
  worktrees: Worktrees,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<LeftFolder[]> {
  const read = new Set<string>();
  const left: LeftFolder[] = [];
  for (const folder of new Set(folders)) {
    try {
      const repository = await worktrees.repository(folder, signal);
      if (read.has(repository.commonDir)) continue;
      read.add(repository.commonDir);
      const leftAsideOf = await lookAside(worktrees, repository);
      left.push(...(await leftAsideOf(await worktrees.list(repository, signal))));
    } catch (error) {
      // No repository, or one that cannot be read: that is told where its environments are.
      if (!isAppError(error)) throw error;
    }
  }
  return left;
}

/** Cancelled, nobody waits for the rest. */
function whatFailed(error: unknown): undefined {
  if (!isAppError(error)) throw error;
}

function annotationsOf({ repository, worktree }: Partial<NonNullable<KeptData['place']>>): Record<string, string> {
  return {
    ...(repository === undefined ? {} : { repository }),
    ...(worktree === undefined ? {} : { folder: worktree }),
  };
}

/** What cannot be read may claim it: that is told of nothing. */
async function unclaimedAmong<T extends { readonly owner: Owner }>(
  found: readonly T[],
  claimOf: (owner: Owner) => Promise<Claim>,
): Promise<T[]> {
  const left: T[] = [];
  for (const each of found) if (['unclaimed', 'gone'].includes((await claimOf(each.owner)).kind)) left.push(each);
  return left;
}
