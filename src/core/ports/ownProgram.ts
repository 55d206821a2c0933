/** Coppice itself as a process of its own, which outlives whoever starts it. */
export interface OwnProgram {
  /**
   * `coppice <argv>` in a folder, with the variables of this process but for those that a git hook has.
   *
   * @param key of what it is for: once one has ended well, the files with the messages of earlier ones of the same key go
   * @throws failed, denied when it cannot be started
   */
  start(argv: readonly string[], folder: string, key: string): Promise<OwnRun>;
}

export interface OwnRun {
  /** What it says on standard error, and nothing else; gone once it has ended well. */
  readonly logFile: string;
  /** Never rejects. */
  readonly ended: Promise<OwnEnd>;
  /** As Ctrl-C would: it takes back what it has begun. */
  cancel(): void;
  /** It goes on, and nobody here waits for it any more. */
  letGo(): Promise<void>;
}

export interface OwnEnd {
  /** undefined: it was ended by a signal. */
  readonly exitCode: number | undefined;
  /** What it printed on standard output. */
  readonly output: string;
}
