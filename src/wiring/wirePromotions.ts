import type { Product } from '../app/product';
import { planPromotion } from '../app/promote/planPromotion';
import { promoteBranch, type PromoteBranchPorts } from '../app/promote/promoteBranch';
import { lazy } from './lazy';
import type { Machine } from './wireMachine';

/** Taking one of several attempts. */
export function wirePromotions(
  machine: Machine,
  environments: Pick<Product['environments'], 'lookAtDelete' | 'delete'>,
): Product['promotions'] {
  const ports = async (): Promise<PromoteBranchPorts> => {
    const [{ GitBranchMerges }, { GitBranchPushes }, { GhPullRequests }, { GitWorktreeChanges }] = await Promise.all([
      import('../adapters/git/gitBranchMerges'),
      import('../adapters/git/gitBranchPushes'),
      import('../adapters/github/ghPullRequests'),
      import('../adapters/git/gitWorktreeChanges'),
    ]);
    return {
      ...(await machine.git()),
      merges: new GitBranchMerges(machine.env),
      pushes: new GitBranchPushes(machine.env),
      pullRequests: new GhPullRequests(machine.env),
      changes: new GitWorktreeChanges(machine.env),
      lookAtDelete: environments.lookAtDelete,
      delete: environments.delete,
    };
  };
  return { plan: lazy(ports, planPromotion), promote: lazy(ports, promoteBranch) };
}
