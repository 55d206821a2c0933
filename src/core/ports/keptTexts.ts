/** Texts that are too long to be told, in files of this user: what was told names them. */
export interface KeptTexts {
  /**
   * Keeps a text, and forgets the oldest ones.
   *
   * @param name tells it from others; whatever it has in it
   * @returns the file's path; undefined where none can be written
   */
  keep(name: string, lines: readonly string[]): Promise<string | undefined>;
}
