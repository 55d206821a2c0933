/** Files of a worktree that output names. */
export interface SourceFiles {
  /**
   * The first of these files that is there and lies within the folder, links followed on both sides.
   *
   * @param files relative to the folder or absolute, as this machine writes paths, or `file:` URLs
   * @returns its real path; undefined: none is
   */
  find(folder: string, files: readonly string[], signal?: AbortSignal): Promise<string | undefined>;
}
