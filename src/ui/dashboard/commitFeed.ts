import { toAppError } from '../../core/errors';
import type { BranchCommit } from '../../core/ports/worktreeChanges';
import { limits, type MarkView, type ToPage, type View } from '../../../webview/protocol';
import { plainLine, shortened } from '../editor/text';
import type { DashboardHost } from './dashboardHost';
import { drawnMs } from './pastFeed';

/** What git could not tell is asked again so much later, in milliseconds, once there is news of the worktree. */
const againMs = 30_000;

/**
 * Tells the page which commits a worktree's branch has in the range that is chosen: when another is chosen, and when HEAD has moved, as the
 * snapshot tells, which is watched. Disposed by whoever made it.
 */
export class CommitFeed {
  readonly #ended = new AbortController();
  #asked = '';
  #askAgainAt = Infinity;

  constructor(
    private readonly worktree: string,
    private readonly host: Pick<DashboardHost, 'commits' | 'store' | 'log'>,
    private readonly post: (message: ToPage) => void,
  ) {}

  show(range: View['range']): void {
    const entry = this.host.store.snapshot.entries.find(({ worktree }) => worktree.path === this.worktree);
    if (!entry || entry.worktree.prunable !== undefined) return;
    const { path, head } = entry.worktree;
    const asked = `${range} ${head}`;
    if (asked === this.#asked && performance.now() < this.#askAgainAt) return;
    this.#asked = asked;
    this.#askAgainAt = Infinity;
    void this.#tell({ path, head }, drawnMs(range), asked);
  }

  dispose(): void {
    this.#ended.abort();
  }

  /** Never rejects. */
  async #tell(worktree: Parameters<DashboardHost['commits']>[0], lengthMs: number, asked: string): Promise<void> {
    try {
      const commits = await this.host.commits(worktree, Date.now() - lengthMs, this.#ended.signal);
      // What was asked for later is under way.
      if (asked !== this.#asked || this.#ended.signal.aborted) return;
      this.post({ type: 'commits', marks: commits.map(markOf).reverse() });
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      if (asked === this.#asked) this.#askAgainAt = performance.now() + againMs;
      this.host.log.warn(`The commits of ${worktree.path} are not known: ${toAppError(error).message}`);
    }
  }
}

function markOf({ at, id, subject }: BranchCommit): MarkView {
  return { at, kind: 'commit', service: '', text: shortened(plainLine(`Commit ${id} ${subject}`), limits.name) };
}
