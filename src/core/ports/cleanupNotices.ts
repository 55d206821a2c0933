/** Notice that something of a worktree goes by itself, unless somebody uses it meanwhile. Times are milliseconds since the epoch. */
export interface CleanupNotice {
  /** Its environment's: another worktree in that folder has another one. */
  readonly worktreeId: string;
  readonly what: 'environment' | 'worktree';
  readonly gitDir: string;
  readonly branch?: string;
  readonly head: string;
  /** When somebody last used it, by then. */
  readonly usedAt: number;
  readonly givenAt: number;
  /** For how long it stands, as far as looks tell that came after it. Milliseconds */
  readonly stood: number;
}

/** What is known of a repository by whoever cleans up without being asked. Times are milliseconds since the epoch. */
export interface CleanupMemory {
  /** undefined: never. */
  readonly lookedAt?: number;
  readonly notices: readonly CleanupNotice[];
  /** When somebody was in a worktree, or said that it is to be kept, by its id. */
  readonly usedAt: Readonly<Record<string, number>>;
}

/** Kept for this user, in a place where nothing of a repository is. */
export interface CleanupNotices {
  /** Of a repository of which nothing is known there are none. @throws failed when what was recorded cannot be understood */
  read(repositoryId: string): Promise<CleanupMemory>;
  /** One at a time is the caller's care. */
  write(repositoryId: string, memory: CleanupMemory): Promise<void>;
}
