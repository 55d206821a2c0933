import { AppError, isAbort, toAppError, type AppError as Failure, type Loss } from '../../core/errors';
import { lossNames } from '../../core/worktrees/lossText';
import type { Repository } from '../../core/model';
import type { Locks } from '../../core/ports/host';
import type { MergeLook } from '../../core/ports/branchMerges';
import type { DeleteRequest, DeleteResult } from '../environment/requests';
import type { Run, UseCase } from '../run/run';
import { withLock } from '../run/withLock';
import { decidePromotion, type PlannedDrop, type PlanPromotionPorts, type PromotionRequest } from './planPromotion';
import { refuseObstacles } from './promotionObstacles';
import { proposeBranch, type ProposedBranch } from './proposeBranch';

export interface PromoteBranchPorts extends PlanPromotionPorts {
  readonly locks: Locks;
  readonly delete: UseCase<DeleteRequest, DeleteResult>;
}

export interface PromoteBranchRequest extends PromotionRequest {
  /** What a person saw of it when they said yes: what is another by now is not done. */
  readonly seen?: Pick<MergeLook, 'tip' | 'from'> | undefined;
  /** Losses that the person accepted of those that are dropped, each by its name. */
  readonly accepted?: readonly Loss['kind'][];
}

export interface Promotion {
  readonly repository: Repository;
  /** As it was done. */
  readonly look: MergeLook;
  /** Where the base is now. */
  readonly to: string;
  /** undefined: it was merged here. */
  readonly proposed: ProposedBranch | undefined;
  readonly dropped: readonly DroppedWorktree[];
}

export type DroppedWorktree = Pick<PlannedDrop, 'worktree' | 'name'> &
  ({ readonly kind: 'removed'; readonly result: DeleteResult } | { readonly kind: 'failed'; readonly error: Failure });

/**
 * Takes a branch into its base, or proposes that, and deletes other attempts then. What may refuse comes first: of the merge, and of each delete, which
 * looks again when it is its turn. Cut off, it is done again: what the base has is not merged a second time.
 *
 * @throws conflict with what stands in the way, or with the `losses` that nobody accepted: nothing was changed
 */
export function promoteBranch(ports: PromoteBranchPorts): UseCase<PromoteBranchRequest, Promotion> {
  return async (request, run) => {
    const { id, defaultBranch } = await ports.worktrees.repository(request.folder, run.signal);
    const base = request.base ?? defaultBranch;
    return withLock(ports.locks, `promote ${id} ${base}`, `${request.branch} is being taken into ${base}`, async () => {
      const { look, obstacles, drops, repository, proposal } = await decidePromotion(ports, request, run, false);
      refuseUnseen(look, request.seen);
      refuseObstacles(look, obstacles);
      for (const drop of drops) refuseDrop(drop, request.accepted ?? [], run);
      run.signal.throwIfAborted();
      const proposed = proposal && (await proposeBranch(ports, repository, look, proposal, run));
      const to = proposed ? look.from : await merge(ports, { repository, look }, run);
      const dropped: DroppedWorktree[] = [];
      // Each is one of its own: what cannot be deleted keeps no other from it.
      // The attempt itself goes last: who is cut off says the same again, which needs its branch.
      const isItself = ({ worktree }: PlannedDrop): boolean => worktree.branch === look.branch;
      const ordered = [...drops.filter((drop) => !isItself(drop)), ...drops.filter(isItself)];
      for (const drop of ordered) dropped.push(await dropOne(ports, request, drop, run));
      return { repository, look, to, proposed, dropped };
    });
  };
}

async function merge(
  { merges }: PromoteBranchPorts,
  { repository, look }: { readonly repository: Parameters<typeof merges.merge>[0]; readonly look: MergeLook },
  { report }: Run,
): Promise<string> {
  if (look.kind === 'none') return look.from;
  const step = { step: 'merge', title: `Merge ${look.branch} into ${look.base}`, total: 1 };
  report({ ...step, state: 'running', finished: 0 });
  try {
    const to = await merges.merge(repository, look);
    report({ ...step, state: 'done', finished: 1 });
    return to;
  } catch (error) {
    report({ ...step, state: 'failed', finished: 0 });
    throw error;
  }
}

function refuseUnseen({ branch, base, tip, from }: MergeLook, seen: PromoteBranchRequest['seen']): void {
  if (!seen || (seen.tip === tip && seen.from === from)) return;
  const name = seen.tip === tip ? base : branch;
  throw new AppError(
    'conflict',
    `${name} has other commits than those that were looked at: nothing was merged. Look again.`,
    {
      remedy: { title: 'Try Again', action: { kind: 'retry' } },
    },
  );
}

function refuseDrop({ name, look }: PlannedDrop, accepted: readonly Loss['kind'][], { approve }: Run): void {
  if (look.refusal) throw look.refusal;
  const losses = look.losses.filter(({ kind }) => !accepted.includes(kind));
  if (losses.length > 0)
    throw new AppError('conflict', `Nothing was done: to drop ${name} would lose ${lossNames(losses)}.`, { losses });
  if (look.asksForApproval && !approve)
    throw new AppError('unapproved', `Nothing was done: to drop ${name} runs its teardown, which nobody has approved.`);
}

async function dropOne(
  ports: PromoteBranchPorts,
  { folder, accepted = [] }: PromoteBranchRequest,
  { worktree, name, keepBranch }: PlannedDrop,
  run: Run,
): Promise<DroppedWorktree> {
  try {
    const result = await ports.delete({ folder, path: worktree.path, keepBranch, accepted }, run);
    return { worktree, name, kind: 'removed', result };
  } catch (error) {
    // What is merged is merged: that is told, too.
    if (isAbort(error) && run.signal.aborted)
      return { worktree, name, kind: 'failed', error: new AppError('failed', 'it was cancelled') };
    return { worktree, name, kind: 'failed', error: toAppError(error) };
  }
}
