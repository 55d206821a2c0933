/*
 * While a worktree is being made it is locked, with a reason that says so. Git writes the reason before anything else of a
 * worktree, and takes it along when the worktree is removed: so it marks just this one, from its first moment on.
 */

export interface CheckoutMark {
  /** The create's worktree id. */
  readonly id: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** When the process started, in the system's words; null where that cannot be read. */
  readonly start: string | null;
}

const words = 'Coppice is still making this worktree';

export function checkoutMark({ id, pid, since, start }: CheckoutMark): string {
  return `${words}: ${id} ${pid} ${since} ${start ?? '-'}`;
}

/** undefined: the reason is somebody else's. */
export function parseCheckoutMark(reason: string | undefined): CheckoutMark | undefined {
  const match = /^Coppice is still making this worktree: ([0-9a-f]{12}) (\d{1,10}) (\d{1,15}) (\S{1,80})\s*$/.exec(
    reason ?? '',
  );
  const [, id, pid, since, start] = match ?? [];
  if (id === undefined || start === undefined) return undefined;
  return { id, pid: Number(pid), since: Number(since), start: start === '-' ? null : start };
}
