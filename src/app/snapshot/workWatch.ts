import type { KnownWorktree } from '../worktrees/readWorktrees';
import type { ReadPorts } from './readSnapshot';
import { readWork } from './readWork';

/** A process that is killed tells nobody: how soon that is seen. Milliseconds. */
const lookMs = 5_000;

/** At which worktrees somebody is at work. While somebody is, it looks again from time to time. Disposed by whoever made it. */
export class WorkWatch {
  #atWork: ReadonlySet<string> = new Set();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param isWanted whether somebody looks: only then it goes on by itself */
  constructor(
    private readonly isWanted: () => boolean,
    private readonly onChange: () => void,
  ) {}

  get current(): ReadonlySet<string> {
    return this.#atWork;
  }

  async look(locks: ReadPorts['locks'], known: readonly KnownWorktree[]): Promise<void> {
    const found = await readWork(locks, known).catch(() => this.#atWork);
    const isSame = found.size === this.#atWork.size && [...found].every((path) => this.#atWork.has(path));
    this.#atWork = found;
    this.dispose();
    if (found.size > 0 && this.isWanted()) this.#timer = setTimeout(() => void this.look(locks, known), lookMs);
    if (!isSame) this.onChange();
  }

  /** Looks no more until it is told to. */
  dispose(): void {
    clearTimeout(this.#timer);
  }
}
