import { traitsOf } from '../../core/clusterTraits';
import type { EnvironmentFacts } from '../../core/facts';
import { toEnvironment } from '../../core/services/health';
import { infraNamespace, infraOwner } from '../../core/clusters/infra';
import type { ClusterIdentity, Environment } from '../../core/model';
import type { OfRepositories } from '../../core/ports/cluster';

/** What one reading or one watch covers for the view of a repository: its environments and, where there can be one, infra. */
export function withInfra(repositoryId: string, identity: ClusterIdentity): OfRepositories {
  return traitsOf(identity).hasInfra ? [repositoryId, infraOwner.repositoryId] : repositoryId;
}

/** Infra among what a cluster says; undefined: it has none. */
export function foundInfra(all: readonly EnvironmentFacts[]): Environment | undefined {
  const facts = all.find(isInfra);
  return facts && toEnvironment(facts);
}

/** The environments among it. */
export function withoutInfra(all: readonly EnvironmentFacts[]): readonly EnvironmentFacts[] {
  return all.filter(({ repositoryId }) => repositoryId !== infraOwner.repositoryId);
}

/** Its namespace alone does not say so: somebody else's may be called so. */
function isInfra({ namespace, repositoryId }: EnvironmentFacts): boolean {
  return namespace === infraNamespace && repositoryId === infraOwner.repositoryId;
}
