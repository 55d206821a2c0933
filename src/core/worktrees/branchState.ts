import type { Loss } from '../errors';

/** How a branch has all that a commit has. */
export type MergeRule =
  /** It is the same commit. */
  | 'sameCommit'
  /** The commit is one of the branch's. */
  | 'ancestor'
  /** The branch has the same patches, one by one or the whole of them as one. */
  | 'samePatches'
  /** The files are the same. */
  | 'sameFiles'
  /** Merging it would add nothing. */
  | 'addsNothing';

/** Where else the commits of a worktree are, besides on its own branch. */
export type BranchState =
  /** The default branch has all of them. */
  | { readonly kind: 'merged'; readonly rule: MergeRule; readonly into: string }
  /** A remote has them, as far as the last fetch or push tells: `origin/topic`. */
  | { readonly kind: 'pushed'; readonly to: string }
  /** Only another branch, or a tag, of this repository has them. */
  | { readonly kind: 'kept'; readonly by: string }
  /** Nothing else has them. */
  | { readonly kind: 'unpushed'; readonly loss: Loss };
