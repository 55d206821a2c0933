/** What `coppice.yaml` says, checked and with defaults filled in. */
export interface EnvironmentFile {
  readonly version: 1;
  readonly services: readonly ServiceSpec[];
  readonly database: DatabaseSpec | undefined;
  /** Folder of the repository's own chart, relative to its root; undefined: the chart that Coppice brings. */
  readonly chart: string | undefined;
}

export interface ServiceSpec {
  /** A DNS label. */
  readonly name: string;
  readonly image: string | undefined;
  /** What its image is built of where containers run; goes before `image`. */
  readonly build: BuildSpec | undefined;
  /** Whether the worktree's files are mounted in the container. */
  readonly mount: boolean;
  /** The argument vector; a string in the file is split at spaces, quotes respected, and given to no shell. */
  readonly command: readonly string[] | undefined;
  readonly port: number | undefined;
  /** URL paths under the environment's host that lead here. */
  readonly routes: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** HTTP path that answers 2xx or 3xx when the service is ready; undefined: ready as soon as its port accepts. */
  readonly health: string | undefined;
  readonly replicas: number;
}

/** What `docker build` is asked for. */
export interface BuildSpec {
  /** Folder that the build sees, relative to the repository's root. */
  readonly context: string;
  /** Relative to the context. */
  readonly dockerfile: string;
  /** Stage of the Dockerfile; undefined: its last one. */
  readonly target: string | undefined;
  readonly args: Readonly<Record<string, string>>;
}

export interface DatabaseSpec {
  /** Name of the template database; the one used may carry a suffix when another repository holds this name. */
  readonly template: string;
  readonly migrate: readonly string[] | undefined;
  readonly seed: readonly string[] | undefined;
  /**
   * What these commands read: files, folders and globs, relative to the repository's root. The template is built anew when their
   * content changes. undefined: what migrating tools are known to read.
   */
  readonly inputs: readonly string[] | undefined;
}

export const environmentFileName = 'coppice.yaml';

export const defaultDockerfile = 'Dockerfile';

/** One thing wrong with an environment file; the position is 1-based. */
export interface EnvironmentFileProblem {
  readonly line: number;
  readonly column: number;
  /** What was found and what was expected, one line, without the position. */
  readonly message: string;
}
