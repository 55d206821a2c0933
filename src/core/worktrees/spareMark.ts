/*
 * A spare is a worktree that is made in advance, for the next create to claim. It is locked with a reason that says so, and at which commit
 * it was left: one that is anywhere else by now, or on a branch, is somebody's work and a worktree like any other.
 */

export interface SpareMark {
  /** Its own: 12 hex digits. */
  readonly id: string;
  readonly commit: string;
}

const words = 'Coppice keeps this worktree ready for the next create';

export function spareMark({ id, commit }: SpareMark): string {
  return `${words}: ${id} ${commit}`;
}

/** undefined: the reason is somebody else's. */
export function parseSpareMark(reason: string | undefined): SpareMark | undefined {
  const match = /^Coppice keeps this worktree ready for the next create: ([0-9a-f]{12}) ([0-9a-f]{40,64})\s*$/.exec(
    reason ?? '',
  );
  const [, id, commit] = match ?? [];
  return id === undefined || commit === undefined ? undefined : { id, commit };
}

/** What a spare is called where a slug stands: no slug has an underscore, so that no branch's worktree is called so. */
export function spareSlug(number: number): string {
  return `_spare-${number}`;
}
