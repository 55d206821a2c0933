import { DisposableStore, type Disposable } from '../../core/event';
import type { Repository } from '../../core/model';
import type { ReadPorts } from './readSnapshot';

export interface GitNewsPorts {
  /** Tells that the answer of `clusterOf` may be another one from now on. */
  readonly watchChoices?: (onChange: () => void) => Disposable;
  /** Told when git's files of the repository are watched from now on, and at each change of them. */
  readonly onGitNews?: (repository: Repository) => void;
}

export interface GitWatchHeard {
  /** Whether it is watched at all. */
  readonly isWanted: () => boolean;
  /** Whether somebody looks: only then others are told of git's news. */
  readonly isSeen: () => boolean;
  readonly onChange: () => void;
  /** Another cluster may have been chosen. */
  readonly onChoice: () => void;
}

/** Watches git's files of a repository, and which cluster it has chosen, while that is wanted. */
export class GitWatch {
  readonly #heard: GitWatchHeard;
  #watches: DisposableStore | undefined;
  /** Nobody has looked since git's news were told last. */
  #isNewsDue = false;

  constructor(heard: GitWatchHeard) {
    this.#heard = heard;
  }

  /** Somebody begins to look: whatever changed while nobody did is told with the next `follow`. */
  look(): void {
    this.#isNewsDue = true;
  }

  /** From now on, unless it is watched already. @throws what git's watch throws */
  follow(ports: GitNewsPorts & Pick<ReadPorts, 'worktrees'>, repository: Repository): void {
    const { isWanted, isSeen, onChange, onChoice } = this.#heard;
    const isDue = this.#isNewsDue;
    this.#isNewsDue = false;
    if (isDue && this.#watches) ports.onGitNews?.(repository);
    if (!isWanted() || this.#watches) return;
    const watches = new DisposableStore();
    try {
      const git = watches.add(ports.worktrees.watch(repository));
      watches.add(git.onDidChange(onChange));
      const tellNews = (): void => {
        if (isSeen()) ports.onGitNews?.(repository);
      };
      watches.add(git.onDidChange(tellNews));
      tellNews();
      if (ports.watchChoices) watches.add(ports.watchChoices(onChoice));
      this.#watches = watches;
    } catch (error) {
      watches.dispose();
      throw error;
    }
  }

  /** Ends it; it can be followed again. */
  dispose(): void {
    this.#watches?.dispose();
    this.#watches = undefined;
  }
}
