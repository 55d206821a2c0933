import { clusterText } from '../../../core/clusters/clusterRules';
import { traitsOf } from '../../../core/clusterTraits';
import { AppError, type Loss } from '../../../core/errors';
import { infraOwner } from '../../../core/clusters/infra';
import { claims, type Claim } from '../../worktrees/claims';
import type { DeletePorts } from '../deletePorts';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import { deleteUnclaimed } from './deleteUnclaimed';
import type { UseCase } from '../../run/run';

export interface DeleteByNamespaceRequest {
  readonly namespace: string;
  /** Losses that the person accepted, each by its name: there are only `database` and `data`. */
  readonly accepted: readonly Loss['kind'][];
}

/**
 * Deletes an environment by its namespace, from anywhere: its repository may be gone. What a worktree of this machine claims is
 * left to the ordinary delete.
 *
 * @throws notFound, conflict (with `losses` where what is lost may be accepted) before anything is changed
 */
export function deleteByNamespace(
  ports: DeletePorts,
  parts: readonly Part[] = environmentParts,
): UseCase<DeleteByNamespaceRequest, void> {
  return async ({ namespace, accepted }, run) => {
    const { cluster } = ports;
    if (traitsOf(cluster.identity).isShared) {
      throw new AppError(
        'conflict',
        `Others may use ${clusterText(cluster.identity)}, and the folder of ${namespace} may be on another machine: nothing is deleted. Delete it from its repository ("coppice delete NAME" there).`,
      );
    }
    const access = await cluster.connect(run.signal);
    const all = await cluster.listNamespaces(run.signal);
    const record = await cluster.readNamespace(namespace, run.signal);
    if (!record) {
      throw new AppError(
        'notFound',
        `There is no namespace ${namespace} in ${clusterText(cluster.identity)}: "coppice list --all" names those that there are.`,
      );
    }
    const { owner } = record;
    if (!owner || owner.repositoryId === infraOwner.repositoryId) {
      const remedy = owner ? ' "coppice infra remove" removes what all environments share.' : '';
      throw new AppError(
        'conflict',
        `The namespace ${namespace} is no environment of Coppice's: nothing is deleted.${remedy}`,
      );
    }
    const refuse = async (): Promise<void> => refuseIfClaimed(await claims(ports, all, run.signal)(owner), namespace);
    await deleteUnclaimed(ports, parts, { record, owner, access, accepted }, refuse, run);
  };
}

function refuseIfClaimed(claim: Claim, namespace: string): void {
  if (claim.kind === 'unknown') throw claim.problem;
  if (claim.kind !== 'claimed') return;
  const { path, branch } = claim.worktree;
  throw new AppError(
    'conflict',
    `The namespace ${namespace} belongs to the worktree ${path}: "coppice delete ${branch ?? path}" in ${claim.root} deletes both, and with --environment-only the worktree stays.`,
  );
}
