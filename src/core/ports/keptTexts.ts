/** Texts that are too long to be told, in files of this user: what was told names them. */
export interface KeptTexts {
  /**
   * Keeps a text for a day, unless much more is kept of the same worktree after it: whoever was told its path has the time to read it.
   * What is kept of other worktrees takes no place from it.
   *
   * @param worktree its folder
   * @param name tells it from others; whatever it has in it
   * @returns the file's path; undefined where none can be written
   */
  keep(worktree: string, name: string, lines: readonly string[]): Promise<string | undefined>;
}
