import type { Worktree } from '../model';

/** Who locked a worktree, where the reason for the lock says it. */
export interface LockOwner {
  readonly name: string;
  readonly pid: number;
  /** When the process started, in its own words; undefined: it did not say. */
  readonly start: string | undefined;
}

/**
 * Claude Code locks the worktrees of its sessions and agents with the reason `claude session NAME (pid N start T)`, and leaves
 * them locked when it ends. T is what Linux has in field 22 of /proc/<pid>/stat, and `ps -o lstart=` prints on macOS.
 */
export function lockOwner(reason: string): LockOwner | undefined {
  const [, name, pid, start] =
    /^(claude (?:agent|session) .{1,255}) \(pid (\d{1,10})(?: start (.{1,255}))?\)$/.exec(reason) ?? [];
  return name === undefined ? undefined : { name, pid: Number(pid), start };
}

/** `locked by claude session x (pid 7), which has ended`; undefined: it is not locked. */
export function lockText({ locked, isLockStale }: Pick<Worktree, 'locked' | 'isLockStale'>): string | undefined {
  if (locked === undefined) return undefined;
  const owner = lockOwner(locked);
  if (owner === undefined) return locked === '' ? 'locked' : `locked: ${locked}`;
  return `locked by ${owner.name} (pid ${owner.pid}), which ${isLockStale ? 'has ended' : 'runs'}`;
}
