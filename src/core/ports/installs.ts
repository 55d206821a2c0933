import type { Worktree } from '../model';

/** What is written down, in a worktree's git directory, of the installs that have begun in it and have not ended well. */
export interface Installs {
  /** Nothing is known where the record is damaged. @throws failed for a newer record */
  begun(worktree: Pick<Worktree, 'gitDir'>): Promise<readonly BegunInstall[]>;
  /** Atomic: whole or not at all. */
  write(worktree: Pick<Worktree, 'gitDir'>, begun: readonly BegunInstall[]): Promise<void>;
}

export interface BegunInstall {
  /** Of the project, relative to the worktree. */
  readonly folder: string;
  /** Names the project's tool. */
  readonly lockfile: string;
}
