import type { FilesAt } from '../../core/ports/worktrees';
import type { Target } from './preparedCreate';

/** Where the files of what a create is about are now: what is being made may not have its own yet. */
export function filesAt(target: Target): FilesAt {
  return target.kind === 'worktree' && target.worktree.beingMade === undefined
    ? { folder: target.worktree.path }
    : { commit: target.commit };
}
