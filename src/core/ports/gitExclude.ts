import type { Repository } from '../model';

/** What only this clone ignores: `info/exclude` of the repository. Only lines that Coppice has written go again. */
export interface GitExclude {
  /** Whether git would list the file as one to be committed. @param path relative to the main worktree, with `/` */
  isShown(repository: Repository, path: string, signal?: AbortSignal): Promise<boolean>;
  add(repository: Repository, path: string): Promise<void>;
  /** @returns whether there was such a line */
  remove(repository: Repository, path: string): Promise<boolean>;
}
