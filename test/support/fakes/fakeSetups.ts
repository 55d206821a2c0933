import type { Worktree } from '../../../src/core/model';
import type { RanCommand, Setups } from '../../../src/core/ports/setups';

/** What has run in worktrees, in memory. */
export class FakeSetups implements Setups {
  readonly #ran = new Map<string, readonly RanCommand[]>();

  async read({ gitDir }: Worktree): Promise<readonly RanCommand[]> {
    return this.#ran.get(gitDir) ?? [];
  }

  async write({ gitDir }: Worktree, ran: readonly RanCommand[]): Promise<void> {
    this.#ran.set(gitDir, structuredClone(ran));
  }

  /** Its git directory is gone. */
  forget(gitDir: string): void {
    this.#ran.delete(gitDir);
  }
}
