import type { Owner } from '../../core/model';

/** Held while an environment waits to start; what its holder does is why. */
export function waitLock({ repositoryId, worktreeId }: Owner): string {
  return `waits to start ${repositoryId} ${worktreeId}`;
}
