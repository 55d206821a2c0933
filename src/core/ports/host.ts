/** Exclusion between processes of this user on this machine. */
export interface Locks {
  /**
   * Does not wait for a holder. A lock whose holder died is taken over; one of another container or machine is listened to for some
   * seconds before.
   * @param key any text; `what` says what the holder does, for the one who is refused
   * @throws conflict naming what the holder does; its `cause` is another each time that the lock is held, also by one process
   */
  acquire(key: string, what: string): Promise<{ release(): Promise<void> }>;
  /** Whether somebody holds it who lives. Takes nothing; in doubt somebody does. */
  isHeld(key: string): Promise<boolean>;
  /** What its holder does who lives, as they said it. Takes nothing; undefined: nobody holds it, or it cannot be told. */
  whatHolds(key: string): Promise<string | undefined>;
}

/** Runs the repository's own commands (setup, migrate, seed) on this machine. */
export interface Commands {
  /**
   * No shell. When it rejects, the program and what it started in its process group has been ended.
   *
   * @returns where its whole output is, if that was asked for
   * @throws failed with exit code and the line that tells why; the explanation says where its output is. timeout
   */
  run(argv: readonly string[], options: CommandOptions, signal?: AbortSignal): Promise<string | undefined>;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly timeoutMs?: number;
  /** Keeps its whole output, also when all goes well; under this name, among others. */
  readonly keepAs?: string;
}

/** Whether ports of this machine are free. */
export interface Ports {
  isFree(port: number): Promise<boolean>;
}

/** Names of hosts. */
export interface HostNames {
  /** Whether programs of this machine find an address for the name. Never rejects. */
  resolves(host: string): Promise<boolean>;
}

/** Paths of this machine's file system. */
export interface Paths {
  /** Absolute path of `relative` as seen from the folder `base`; `relative` has `/` between its parts. */
  resolve(base: string, relative: string): string;
  parent(path: string): string;
  /** Whether `path` is `folder` or lies in it; symbolic links are followed. */
  contains(folder: string, path: string): boolean;
}

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}
