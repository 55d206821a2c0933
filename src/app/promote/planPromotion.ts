import { AppError, isAbort, isAppError } from '../../core/errors';
import type { Repository, Worktree } from '../../core/model';
import type { BranchMerges, MergeLook } from '../../core/ports/branchMerges';
import type { WorktreeChanges } from '../../core/ports/worktreeChanges';
import { ownBranch } from '../../core/worktrees/ownBranch';
import type { DeleteLook, LookAtDelete } from '../environment/delete/lookAtDelete';
import { eachOf } from '../run/eachOf';
import type { Run, UseCase } from '../run/run';
import { worktreeName } from '../view/worktreeView';
import { readWorktrees, type KnownWorktree } from '../worktrees/readWorktrees';
import type { WorktreeAtPorts } from '../worktrees/worktreeAt';
import { obstaclesOf, type Obstacle } from './promotionObstacles';
import { planProposal, type PlannedProposal, type ProposeBranchPorts } from './proposeBranch';

export interface PlanPromotionPorts extends Pick<WorktreeAtPorts, 'worktrees' | 'identities'>, ProposeBranchPorts {
  readonly merges: BranchMerges;
  readonly changes: Pick<WorktreeChanges, 'commonCommit' | 'since'>;
  readonly lookAtDelete: UseCase<{ readonly folder: string }, LookAtDelete>;
}

export interface PromotionRequest {
  /** Any folder in the repository. */
  readonly folder: string;
  readonly branch: string;
  /** What it is taken into; undefined: the default branch. */
  readonly base?: string | undefined;
  /** What is not committed stays in its worktree, and is no obstacle. */
  readonly committedOnly?: boolean;
  /** In place of a merge here the branch is pushed, and a pull request into the base opened. */
  readonly pullRequest?: boolean;
  /** Folders of worktrees that go afterwards. */
  readonly drop?: readonly string[];
  /** Branches of those stay. */
  readonly keepBranches?: boolean;
}

/** What a promotion would do. */
export interface PromotionPlan {
  readonly repository: Repository;
  readonly look: MergeLook;
  /** Other worktrees that have changed files which come in, committed or not. */
  readonly overlaps: readonly Overlap[];
  /** undefined: a merge here. */
  readonly proposal: PlannedProposal | undefined;
  /** What has to be put right before; none: it can be done. */
  readonly obstacles: readonly Obstacle[];
  readonly drops: readonly PlannedDrop[];
}

export interface Overlap {
  /** What a person calls the worktree. */
  readonly name: string;
  readonly files: readonly string[];
}

export interface PlannedDrop {
  readonly worktree: Worktree;
  readonly name: string;
  readonly keepBranch: boolean;
  readonly look: DeleteLook;
}

const looksAtOnce = 4;

/**
 * What a promotion of a branch would do, and what stands in its way. Starts and changes nothing.
 *
 * @throws invalidInput, notFound
 */
export function planPromotion(ports: PlanPromotionPorts): UseCase<PromotionRequest, PromotionPlan> {
  return (request, run) => decidePromotion(ports, request, run, true);
}

/** @param startsNothing what a deletion would lose is told as far as that goes without a server */
export async function decidePromotion(
  ports: PlanPromotionPorts,
  request: PromotionRequest,
  run: Run,
  startsNothing: boolean,
): Promise<PromotionPlan> {
  const { signal } = run;
  const repository = await ports.worktrees.repository(request.folder, signal);
  const base = request.base ?? repository.defaultBranch;
  const { branch } = request;
  if (base === branch) throw new AppError('invalidInput', `${branch} cannot be taken into itself: name another base.`);
  const known = await readWorktrees(ports, repository, signal);
  const worktrees = known.map(({ worktree }) => worktree);
  const targets = targetsOf(request, base, known);
  const look = await ports.merges.look(repository, { branch, base }, worktrees, signal);
  const [overlaps, drops, proposal] = await Promise.all([
    overlapsOf(ports, look, worktrees, signal),
    lookAtDrops(ports, request, targets, run, startsNothing),
    request.pullRequest ? planProposal(ports, repository, look, signal) : undefined,
  ]);
  return { repository, look, overlaps, proposal, obstacles: obstaclesOf(look, request), drops };
}

/** @throws invalidInput, notFound */
function targetsOf(
  { drop = [] }: PromotionRequest,
  base: string,
  known: readonly KnownWorktree[],
): readonly KnownWorktree[] {
  return [...new Set(drop)].map((path) => {
    const found = known.find(({ worktree }) => worktree.path === path);
    if (!found) throw new AppError('notFound', `${path} is no worktree of this repository.`);
    const { worktree, problem } = found;
    if (problem) throw problem;
    if (worktree.isMain || worktree.branch === base)
      throw new AppError(
        'invalidInput',
        `${worktreeName({ worktree })} stays: it is no attempt that could be dropped.`,
      );
    return found;
  });
}

async function lookAtDrops(
  ports: PlanPromotionPorts,
  { folder, branch, keepBranches = false }: PromotionRequest,
  targets: readonly KnownWorktree[],
  run: Run,
  startsNothing: boolean,
): Promise<readonly PlannedDrop[]> {
  if (targets.length === 0) return [];
  const lookAt = await ports.lookAtDelete({ folder }, run);
  return eachOf(targets, looksAtOnce, run.signal, async ({ worktree, identity }) => {
    const keepBranch = keepBranches || ownBranch(worktree, identity) === undefined;
    const look = await lookAt({ path: worktree.path, keepBranch, startsNothing }, run.signal);
    // By then the base has its commits; the delete looks itself.
    const losses = worktree.branch === branch ? look.losses.filter(({ kind }) => kind !== 'unpushed') : look.losses;
    return { worktree, name: worktreeName({ worktree }), keepBranch, look: { ...look, losses } };
  });
}

/** Of a worktree that cannot be read nothing is told: it is a warning, and no condition. */
async function overlapsOf(
  { changes }: PlanPromotionPorts,
  { branch, base, tip, files, source }: MergeLook,
  worktrees: readonly Worktree[],
  signal: AbortSignal,
): Promise<readonly Overlap[]> {
  const coming = new Set(files.map(({ path }) => path));
  const others = worktrees.filter(
    (worktree) =>
      worktree.prunable === undefined &&
      worktree.beingMade === undefined &&
      worktree.path !== source?.worktree.path &&
      ![branch, base].includes(worktree.branch ?? ''),
  );
  if (coming.size === 0) return [];
  const told = await eachOf(others, looksAtOnce, signal, async (worktree): Promise<Overlap | undefined> => {
    try {
      const common = await changes.commonCommit([worktree, { ...worktree, head: tip }], signal);
      if (common === undefined) return undefined;
      const changed = await changes.since(worktree, common, signal);
      const both = changed.files.map(({ path }) => path).filter((path) => coming.has(path));
      return { name: worktreeName({ worktree }), files: both };
    } catch (error) {
      if (isAbort(error) || !isAppError(error)) throw error;
      return undefined;
    }
  });
  return told
    .filter((overlap) => overlap !== undefined)
    .filter(({ files: both }) => both.length > 0)
    .sort((one, other) => other.files.length - one.files.length || (one.name < other.name ? -1 : 1));
}
