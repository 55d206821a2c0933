import { toEnvironment } from '../../core/health';
import type { ClusterIdentity, UnclaimedEnvironment } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Clock } from '../../core/ports/host';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import { environmentParts } from '../environment/parts/environmentParts';
import type { Part } from '../environment/parts/part';
import { partStatuses } from '../environment/parts/partStatuses';
import { withoutInfra } from '../infra/foundInfra';
import { claims, type Claim } from '../worktrees/claims';
import { isBeingCreated } from './toSnapshot';

export interface EveryEnvironmentPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly cluster: Cluster;
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
}

/** Every environment that a cluster has, also of repositories that are gone. Starts nothing. @throws unreachable */
export async function everyEnvironment(
  { worktrees, identities, cluster, clock }: EveryEnvironmentPorts,
  signal: AbortSignal,
  parts: readonly Part[] = environmentParts,
): Promise<EveryEnvironment> {
  const read = await cluster.read(undefined, signal);
  const facts = withoutInfra(read);
  const stamped = facts.map((one) => ({ owner: one, annotations: one.annotations }));
  const claimOf = claims({ worktrees, identities }, stamped, signal);
  const environments = await Promise.all(
    facts.map(async (one) => ({
      ...toEnvironment(one),
      parts: partStatuses(parts, one),
      isBeingCreated: isBeingCreated(one, clock.now()),
      claim: await claimOf(one),
    })),
  );
  environments.sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  return { clusterIdentity: cluster.identity, environments };
}
