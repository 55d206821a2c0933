import { AppError } from '../../../src/core/errors';
import type { Repository, Worktree } from '../../../src/core/model';
import type { AddSpare, ClaimSpare, Spare, SpareRecord, Spares } from '../../../src/core/ports/spares';

interface FakeSpare {
  readonly spare: Spare;
  /** Paths that say something else than the commit. */
  readonly work: Set<string>;
  readonly ignored: Set<string>;
}

/** Spares in memory. */
export class FakeSpares implements Spares {
  /** By their ids, in the order in which they were made. */
  readonly all = new Map<string, FakeSpare>();
  /** Folders in which there is something else. */
  readonly occupied = new Set<string>();
  readonly branches = new Set<string>(['main']);
  /** What paths hold in a commit. */
  contentOf: (commit: string, path: string) => string = () => '';
  /** What an install leaves in each that git ignores. */
  leaves: readonly string[] = [];
  /** What happens while one is being made. */
  onAdd: () => void = () => undefined;

  put(spare: Spare): void {
    this.all.set(idOf(spare), { spare, work: new Set(), ignored: new Set(this.leaves) });
  }

  async list(): Promise<Spare[]> {
    return [...this.all.values()].map(({ spare }) => spare);
  }

  async add(_: Repository, { folder, record }: AddSpare): Promise<Spare> {
    this.onAdd();
    if (this.#isTaken(folder)) throw new AppError('conflict', `The folder ${folder} exists and is not empty.`);
    const worktree: Worktree = {
      ...{ path: folder, gitDir: `/git/worktrees/${record.id}`, isMain: false, branch: undefined, head: record.commit },
      ...{ locked: undefined, prunable: undefined, spare: record.id },
    };
    this.put({ worktree, record });
    return { worktree, record };
  }

  async finish(): Promise<void> {
    // It has all its files from the first moment on.
  }

  async write(spare: Spare, record: SpareRecord): Promise<void> {
    const known = this.#known(spare);
    this.all.set(idOf(spare), { ...known, spare: { ...known.spare, record } });
  }

  async digest(_: Repository, commit: string, paths: readonly string[]): Promise<string> {
    return JSON.stringify(paths.map((path) => [path, this.contentOf(commit, path)]));
  }

  async look(spare: Spare): Promise<{ readonly ignored: readonly string[]; readonly work: string[] }> {
    const { work, ignored } = this.#known(spare);
    return { ignored: [...ignored].sort(), work: [...work] };
  }

  async fingerprint(spare: Spare): Promise<string | undefined> {
    return [...this.#known(spare).work].sort().join('\0');
  }

  async release(spare: Spare): Promise<void> {
    this.occupied.add(this.#known(spare).spare.worktree.path);
    this.all.delete(idOf(spare));
  }

  async discard(_: Repository, spare: Spare): Promise<void> {
    const { work } = this.#known(spare);
    const isAsLeft = spare.record?.left !== undefined && (await this.fingerprint(spare)) === spare.record.left;
    if (work.size > 0 && !isAsLeft)
      throw new AppError('conflict', `Removing ${spare.worktree.path} would lose ${[...work].join(', ')}.`);
    this.all.delete(idOf(spare));
  }

  async claim(_: Repository, spare: Spare, { folder, branch, commit, making }: ClaimSpare): Promise<Worktree> {
    const { work } = this.#known(spare);
    if (this.#isTaken(folder)) throw new AppError('conflict', `The folder ${folder} exists.`);
    if (this.branches.has(branch)) throw new AppError('conflict', `The branch ${branch} exists already.`);
    const { spare: __, ...before } = spare.worktree;
    const worktree: Worktree = { ...before, path: folder, branch, head: commit };
    await making.record(worktree);
    this.all.delete(idOf(spare));
    this.branches.add(branch);
    this.occupied.add(folder);
    work.clear();
    return worktree;
  }

  #isTaken(folder: string): boolean {
    return this.occupied.has(folder) || [...this.all.values()].some(({ spare }) => spare.worktree.path === folder);
  }

  #known(spare: Spare): FakeSpare {
    const known = this.all.get(idOf(spare));
    if (!known) throw new AppError('failed', `${spare.worktree.path} is no spare any more.`);
    return known;
  }
}

function idOf({ worktree }: Spare): string {
  return worktree.spare ?? '';
}
