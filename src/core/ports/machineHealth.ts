/** What of this machine Coppice stands on: programs, disks, limits of the system. Nothing here rejects. */
export interface MachineHealth {
  /** The programs that Coppice calls, each with what it says of its version. */
  programs(signal: AbortSignal): Promise<readonly AskedProgram[]>;
  /** Of the file system that a folder lies on, in bytes; undefined: it cannot be told. */
  space(folder: string): Promise<{ readonly free: number; readonly total: number } | undefined>;
  /** Limits of how much this user's programs may watch at once; none where the system has no such limits. */
  watchLimits(): Promise<readonly WatchLimit[]>;
  /**
   * Folders that are gone, in which the maintenance of git that runs by the clock is to maintain a repository (`maintenance.repo` of this
   * user's settings): `git maintenance register` writes down the worktree in which it was called.
   */
  lostMaintenance(signal: AbortSignal): Promise<readonly string[]>;
}

export interface AskedProgram {
  readonly name: string;
  /** In its own words; undefined: it cannot be asked. */
  readonly version: string | undefined;
  /** Why it cannot be asked. */
  readonly trouble: string | undefined;
  /** Whether nothing goes on without it; of others their absence is no finding. */
  readonly isNeeded: boolean;
}

export interface WatchLimit {
  /** For a person: `file watchers`. */
  readonly what: string;
  readonly used: number;
  readonly limit: number;
  /** The name by which the system knows the limit: `fs.inotify.max_user_instances`. */
  readonly setting: string;
}
