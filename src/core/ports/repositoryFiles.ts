/** What lies in a repository, for whoever wants to know what it is. Nothing of it is run. */
export interface RepositoryFiles {
  /** Those that are there, without what git ignores. Of more than can be looked at, the first. @throws invalidInput when the folder is in no git repository */
  list(folder: string, signal?: AbortSignal): Promise<ListedFiles>;
  /** Those of these paths that git ignores, or would if they were there. */
  ignored(folder: string, paths: readonly string[], signal?: AbortSignal): Promise<ReadonlySet<string>>;
  /**
   * A file's text, also of one that git ignores. undefined: there is none that may be read: it is no regular file, is reached through
   * a link or outside of the folder, is larger than 512 KiB or no UTF-8.
   */
  read(folder: string, path: string): Promise<string | undefined>;
  /** @param replaces whether one that is there is written over @throws conflict when one is there, and it is not to be replaced */
  write(folder: string, path: string, text: string, replaces: boolean): Promise<void>;
}

/** Relative to the folder, `/` between their parts. */
export interface ListedFiles {
  /** What git has, in a commit or added for the next one: others can read it. */
  readonly tracked: readonly string[];
  /** What it neither has nor ignores: whether it is meant for others, nobody has said. */
  readonly untracked: readonly string[];
}
