import { AppError } from '../errors';

/** Of a worktree that is made for a session of Claude Code: just as Claude Code itself would call it. */
export interface SessionPlace {
  /** Relative to the main worktree's folder, with `/`. */
  readonly folder: string;
  readonly branch: string;
}

/** What no file system takes for a name, and what would lead out of the folder. */
const unfit = /[\u0000-\u001f\u007f<>:"|?*]|^\.{1,2}$|^-|[. ]$/;

/** `a/b` is the folder `.claude/worktrees/a+b`, on the branch `worktree-a+b`. @throws invalidInput for no name of a folder */
export function sessionPlace(name: string): SessionPlace {
  const flat = name.trim().replace(/[\\/]/g, '+');
  if (flat === '' || flat.length > 200 || unfit.test(flat))
    throw new AppError('invalidInput', `${JSON.stringify(name)} is no name for a worktree.`);
  return { folder: `.claude/worktrees/${flat}`, branch: `worktree-${flat}` };
}
