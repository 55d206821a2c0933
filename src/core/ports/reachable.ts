/** What this process may do on its machine, told without doing it. */
export interface Reachable {
  /** Links are followed. undefined: it is not there, or cannot be seen. */
  file(path: string): Promise<FileAccess | undefined>;
  /** Whether somebody takes connections there. What is taken is closed at once, and nothing is said. */
  listens(host: string, port: number, signal: AbortSignal): Promise<boolean>;
}

/** By the rights of the user that asks. */
export interface FileAccess {
  readonly reads: boolean;
  readonly writes: boolean;
  readonly isSocket: boolean;
}
