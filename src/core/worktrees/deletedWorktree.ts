/** A worktree that was deleted, and that can be brought back until it is swept. */
export interface DeletedWorktree {
  /** Names it among all that were deleted: several may have been of one branch. */
  readonly id: string;
  /** Where its folder was, and comes back to. */
  readonly path: string;
  /** Short name; undefined: its HEAD was detached. */
  readonly branch: string | undefined;
  readonly head: string;
  /** Milliseconds since the epoch, by the clock of then. */
  readonly deletedAt: number;
  /** For how long it was said to be kept, in milliseconds; undefined: an older Coppice has not written that down. */
  readonly keepMs?: number | undefined;
  /** Where what git knew of it lies now: its records are read there. */
  readonly gitDir: string;
  /** Refs that lead to what no branch has. */
  readonly recovery: readonly string[];
}

/** What became of a worktree that was deleted. */
export interface KeptWorktree {
  /** By which it can be brought back; undefined: it cannot, for its files are deleted. */
  readonly id: string | undefined;
  /** Why its files are deleted although they were to be kept, for a person. */
  readonly lost?: string | undefined;
  /** Refs that lead to what no branch has, whatever becomes of the rest. */
  readonly recovery: readonly string[];
  /** What could not be deleted, and where it lies, for a person. */
  readonly left?: string | undefined;
}
