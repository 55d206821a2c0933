import type { Repository, Worktree } from '../../core/model';
import type { BegunPlace } from '../../core/ports/worktrees';
import type { Target } from './preparedCreate';

/** Where a create for this target is written down while it has no record. */
export function begunPlace(repository: Repository, target: Target): BegunPlace {
  return target.kind === 'worktree' && target.worktree.beingMade === undefined
    ? ofWorktree(target.worktree)
    : ofBranch(repository, target.ref);
}

export function ofWorktree({ gitDir }: Worktree): BegunPlace {
  return { kind: 'worktree', gitDir };
}

export function ofBranch({ commonDir }: Repository, ref: string): BegunPlace {
  return { kind: 'branch', commonDir, ref };
}
