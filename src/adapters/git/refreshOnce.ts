import type { Git } from './git';

/** Git compares seconds: what was written in the same second as the index is read again by every status until then. */
const nextSecondMs = 1100;

/**
 * Refreshes the index of a new worktree: without it every status reads all files again, since our statuses take no lock
 * and so never write down what they found.
 */
export class RefreshOnce {
  constructor(private readonly git: Git) {}

  /** Does not wait and never fails: it only makes later statuses fast. Keeps no process alive. */
  schedule(folder: string): void {
    setTimeout(() => {
      this.git.try(folder, ['update-index', '-q', '--refresh'], { trust: 'refresh' }).catch(() => undefined);
    }, nextSecondMs).unref();
  }
}
