import type { BranchState } from '../../core/worktrees/branchState';
import type { Loss } from '../../core/errors';
import type { Identity, Worktree } from '../../core/model';
import type { CleanupNotice } from '../../core/ports/cleanupNotices';
import type { FolderProgram } from '../../core/ports/folderPrograms';
import type { FolderSize } from '../../core/ports/worktreeFacts';
import type { WorktreeView } from '../view/worktreeView';

/** Why a cleanup leaves something alone. */
export type Protection =
  /** It is the repository's main worktree. */
  | { readonly kind: 'main' }
  /** Whoever asks is in it. */
  | { readonly kind: 'here' }
  /** Something is being done with it, or was cut off; `text` says what. */
  | { readonly kind: 'underWay'; readonly text: string }
  /** Programs work in its folder. */
  | { readonly kind: 'program'; readonly programs: readonly FolderProgram[] }
  /** What a delete would lose, and asks about. */
  | { readonly kind: 'loss'; readonly loss: Loss }
  /** Its commits are in other branches of this repository, and neither in the default branch nor on a remote. */
  | { readonly kind: 'local'; readonly by: string }
  /** A delete would ask whether the repository's teardown commands may run. */
  | { readonly kind: 'teardown' }
  /** A delete would be refused, or nobody can tell; `text` says why. */
  | { readonly kind: 'refused'; readonly text: string }
  /** Somebody has used it since it was proposed. Milliseconds since the epoch. */
  | { readonly kind: 'used'; readonly usedAt: number };

/** A worktree with its environment, as a cleanup sees it. Times are milliseconds since the epoch. */
export interface CleanupRow {
  readonly worktree: Worktree;
  readonly identity: Identity | undefined;
  readonly view: WorktreeView;
  /** undefined: its folder is not there, or cannot be read. */
  readonly size: FolderSize | undefined;
  readonly madeAt: number | undefined;
  /** When somebody last used it, as far as its commit, its files, its environment and requests to that tell; undefined: nobody can tell. */
  readonly usedAt: number | undefined;
  /** undefined: it cannot be told. */
  readonly branch: BranchState | undefined;
  /** Empty: nothing is lost with it. */
  readonly protections: readonly Protection[];
  /** What a delete may lose besides, for which something would have to be started to tell: it is looked for before it is removed. */
  readonly untold: readonly Loss['kind'][];
  /** Nothing protects it, and nobody has used it for long. */
  readonly isProposed: boolean;
  /** What of it goes by itself, where a person has switched that on, unless somebody uses it before. */
  readonly goes?: Pick<CleanupNotice, 'what'> & {
    /** At the earliest. */
    readonly after: number;
  };
}
