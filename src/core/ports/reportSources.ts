/** What this machine can tell of how Coppice runs on it, for a report that other people read. */
export interface ReportSources {
  /** Operating system, and the versions of Coppice and of the programs that it uses; one that is not there says so. Never rejects. */
  versions(signal: AbortSignal): Promise<readonly Version[]>;
  /** The last lines of what Coppice's own servers have logged, each file by what it is of. Never rejects. */
  logs(): Promise<readonly OwnLog[]>;
  /**
   * Values that nobody else may read: of this process's variables, of dotenv files in these folders and of the files there that these
   * globs name, of kubeconfigs and of Coppice's own keys. Never rejects: what cannot be read is left out.
   */
  secrets(folders: readonly string[], globs: readonly string[]): Promise<readonly string[]>;
  /** The user's own folder, which stands for their name. */
  readonly userFolder: string;
}

export interface Version {
  readonly name: string;
  /** Or why it is not known. */
  readonly version: string;
}

export interface OwnLog {
  readonly name: string;
  readonly lines: readonly string[];
}
