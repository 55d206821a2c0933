import type { MergeLook } from '../../core/ports/branchMerges';
import type { PromotionPlan } from './planPromotion';
import type { Promotion } from './promoteBranch';
import type { PlannedProposal } from './proposeBranch';
import { undoCommand } from './promotionText';

/*
 * What `coppice promote --json` prints. Fields are added, never renamed or taken away: others build on them.
 */

export function promotionPlanJson({ look, overlaps, proposal, obstacles, drops }: PromotionPlan): object {
  return {
    ...lookJson(look),
    overlaps: overlaps.map(({ name, files }) => ({ worktree: name, files })),
    pullRequest: proposal ? { remote: proposal.remote, ...existingJson(proposal) } : null,
    obstacles: obstacles.map(({ kind, text, path }) => ({ kind, text, path: path ?? null })),
    drop: drops.map(({ worktree, keepBranch, look: { losses, refusal, asksForApproval, untold } }) => ({
      ...{ branch: worktree.branch ?? null, path: worktree.path, keepsBranch: keepBranch, losses },
      ...{ refusal: refusal?.message ?? null, asksForApproval, untold },
    })),
  };
}

export function promotionJson(promotion: Promotion): object {
  const { look, to, proposed, dropped } = promotion;
  return {
    ...lookJson(look),
    to,
    pullRequest: proposed ? { remote: proposed.remote, ...existingJson(proposed), url: proposed.url } : null,
    undo: undoCommand(promotion) ?? null,
    dropped: dropped.map((each) => ({
      ...{ branch: each.worktree.branch ?? null, path: each.worktree.path, outcome: each.kind },
      ...(each.kind === 'removed'
        ? { result: each.result }
        : { error: { code: each.error.code, message: each.error.message } }),
    })),
  };
}

function existingJson({ existing }: PlannedProposal): object {
  const { url = null, number = null, checks = null } = existing ?? {};
  return { url, number, checks };
}

function lookJson({ branch, base, kind, tip, from, commits, subjects, files, isCut, conflicts, place }: MergeLook) {
  return {
    ...{ branch, base, kind, tip, from, commits, subjects, isCut },
    files: files.map(({ path, added, removed }) => ({ path, added: added ?? null, removed: removed ?? null })),
    conflicts: conflicts ?? null,
    path: place?.worktree.path ?? null,
  };
}
