/** How the administrator reaches a server. */
export interface AdminConnection {
  /** Without a password; its path is the database to administer from. */
  readonly url: string;
  readonly password: string | undefined;
  /** Whether copies of files on the server's disk share their blocks; left out: nobody knows. Never rejects. */
  readonly sharesBlocks?: () => Promise<boolean>;
  /** Runs a statement that waits for many files of the server's disk, with less to wait for where that can be; left out: nobody can. */
  readonly hastened?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The PostgreSQL server that the environments' databases live on. */
export interface PostgresServer {
  /** Starts it where that is ours to do. @throws unreachable, missingTool, denied, notConfigured */
  connect(signal?: AbortSignal): Promise<AdminConnection>;
  /** As `connect`, and starts nothing; undefined: it does not run. */
  find(): Promise<AdminConnection | undefined>;
  /** False when it was never made: then it holds nothing, and need not be started to be asked. */
  exists(): Promise<boolean>;
  /** What its disk has left, where that can be known. */
  freeBytes(): Promise<number | undefined>;
}
