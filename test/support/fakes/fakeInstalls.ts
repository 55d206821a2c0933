import type { Worktree } from '../../../src/core/model';
import type { BegunInstall, Installs } from '../../../src/core/ports/installs';

/** Installs that have begun in worktrees, in memory. */
export class FakeInstalls implements Installs {
  readonly #begun = new Map<string, readonly BegunInstall[]>();

  async begun({ gitDir }: Pick<Worktree, 'gitDir'>): Promise<readonly BegunInstall[]> {
    return this.#begun.get(gitDir) ?? [];
  }

  async write({ gitDir }: Pick<Worktree, 'gitDir'>, begun: readonly BegunInstall[]): Promise<void> {
    this.#begun.set(gitDir, structuredClone(begun));
  }

  /** Its git directory is gone. */
  forget(gitDir: string): void {
    this.#begun.delete(gitDir);
  }
}
