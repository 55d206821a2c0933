import type { SessionPlace } from '../sessions/sessionPlace';

/** Worktrees of repositories that Coppice cannot work with: just as git makes them. */
export interface PlainWorktrees {
  /**
   * The worktree of a session; one that is there already is given again.
   *
   * @returns its folder; undefined: git cannot work with it either
   */
  add(folder: string, place: SessionPlace, signal?: AbortSignal): Promise<string | undefined>;
  /** @throws conflict where files would be lost */
  remove(folder: string, path: string, signal?: AbortSignal): Promise<void>;
}
