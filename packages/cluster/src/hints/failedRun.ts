/** What is known of a program that failed. */
export interface FailedRun {
  /** Where it ran. */
  readonly folder: string;
  /** The pod's folder, which names are told relative to. */
  readonly root: string;
  /** The last lines that it printed, or why it could not be started. */
  readonly said: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What is known of why, and the program does not say itself; undefined: nothing. May reject where files cannot be read. */
export type Hint = (run: FailedRun) => Promise<string | undefined>;
