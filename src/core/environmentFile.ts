import type { LocalProgram, UsedToolName } from './usedTool';

/** What `coppice.yaml` says, checked and with defaults filled in. */
export interface EnvironmentFile {
  readonly version: 1;
  readonly services: readonly ServiceSpec[];
  readonly database: DatabaseSpec | undefined;
  /** Folder of the repository's own chart, relative to its root; undefined: the chart that Coppice brings. */
  readonly chart: string | undefined;
  /** Paths and globs, relative to the repository's root: what of these git ignores is copied from the main worktree. */
  readonly copy: readonly string[];
  /** By paths of `copy`, the committed file that stands for one which the main worktree has not; undefined: none does. */
  readonly examples?: Readonly<Record<string, string>>;
  /**
   * Variables that env files of a worktree end with, by the file's path; `$(NAME)` stands for what Coppice sets, as Kubernetes reads it.
   */
  readonly patch: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What makes a new worktree's folder ready, in this order. */
  readonly setup: readonly SetupCommand[];
  /** What is done before an environment is deleted; none has inputs. */
  readonly teardown: readonly SetupCommand[];
  /** False: dependencies neither come from another worktree nor are installed. */
  readonly dependencies?: false;
  /** It has a namespace of its own in Temporal. */
  readonly temporal?: true;
  /** Services that many applications use (`core/uses`), in the file's order; undefined: none. */
  readonly uses?: readonly UsedSpec[];
}

/** A service that is none of the repository's own: its tool says all of it. */
export interface UsedSpec {
  /** A DNS label, which no service has. */
  readonly name: string;
  readonly tool: UsedToolName;
  /** What makes the data that it begins with in each environment; undefined: it begins without any. */
  readonly filling?: FillingSpec;
}

/** A command that is run in a worktree's folder. */
export interface SetupCommand {
  /** The argument vector; given to no shell. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Seconds until it is ended; undefined: what the setting says. */
  readonly timeout: number | undefined;
  /**
   * Files, folders and globs, relative to the repository's root: it is run again when their content has changed. undefined: lockfiles
   * and manifests of packages, and the files that the command names.
   */
  readonly inputs: readonly string[] | undefined;
}

export interface ServiceSpec {
  /** A DNS label. */
  readonly name: string;
  readonly image: string | undefined;
  /** What its image is built of where containers run; goes before `image`. */
  readonly build: BuildSpec | undefined;
  /** Whether the worktree's files are mounted in the container. */
  readonly mount: boolean;
  /** Where it runs, relative to the repository's root; undefined: there. Of an image only as far as the worktree is mounted in it. */
  readonly folder?: string | undefined;
  /** The argument vector; a string in the file is split at spaces, quotes respected, and given to no shell. */
  readonly command: readonly string[] | undefined;
  readonly port: number | undefined;
  /** URL paths under its host that lead here. */
  readonly routes: readonly string[];
  /** One label before the environment's host: `admin` for `admin.<slug>.localhost`; undefined: that host itself. */
  readonly host?: string | undefined;
  /** Whether it sees requests without the path of its route. */
  readonly stripPrefix?: boolean | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Dotenv files with more of them, relative to the repository's root; a later one counts before an earlier, `env` before all. */
  readonly envFile?: readonly string[] | undefined;
  /** HTTP path that answers 2xx or 3xx when the service is ready; undefined: ready as soon as its port accepts. */
  readonly health: string | undefined;
  /** The argument vector of what ends with exit code 0 when the service is ready, asked from each start until it first does. */
  readonly ready?: readonly string[] | undefined;
  readonly replicas: number;
  /** Whether its input stays open, with nothing in it: there are programs that end when it ends. */
  readonly stdin?: boolean | undefined;
  /** Services that it waits for before its program is started, and how they must be by then. */
  readonly dependsOn: Dependencies;
  /** It runs to its end, and exit code 0 is well: a migration, a seed, a generator. */
  readonly once: boolean;
  /** It is one that the file uses (`core/uses/withUses`): what runs is said by its tool, and by nothing here. */
  readonly uses?: {
    readonly tool: UsedToolName;
    /** What runs it as a process of this machine; undefined: its image does. */
    readonly program?: LocalProgram;
  };
}

/** By the service that is waited for. */
export type Dependencies = Readonly<Record<string, StartCondition>>;

/** `started`: its program was started; `healthy`: it is ready; `completed`: it has run to its end, and well. */
export type StartCondition = (typeof startConditions)[number];

export const startConditions = ['started', 'healthy', 'completed'] as const;

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

export interface DatabaseSpec extends FillingSpec {
  /** Name of the template database; the one used may carry a suffix when another repository holds this name. */
  readonly template: string;
  /** How DATABASE_URL is written, of DATABASE_HOST and its like; undefined: `postgresql://…`. */
  readonly url?: string;
}

/** What fills a template. */
export interface FillingSpec {
  readonly migrate: readonly string[] | undefined;
  readonly seed: readonly string[] | undefined;
  /** Seconds until each of these is ended; undefined: what the setting says. */
  readonly timeout?: number | undefined;
  /**
   * What these commands read: files, folders and globs, relative to the repository's root. The template is built anew when their
   * content changes. undefined: what migrating tools are known to read.
   */
  readonly inputs: readonly string[] | undefined;
}

export const environmentFileName = 'coppice.yaml';

/** Said where there is none. */
export const environmentFileAdvice = `"coppice init", or Create ${environmentFileName} in VS Code, writes one by what the repository says. Commit it, so that new worktrees have it.`;

export const defaultDockerfile = 'Dockerfile';

/** One thing wrong with an environment file; the position is 1-based. */
export interface EnvironmentFileProblem {
  readonly line: number;
  readonly column: number;
  /** What was found and what was expected, one line, without the position. */
  readonly message: string;
  /** What the word there was certainly meant to be. */
  readonly fix?: string;
}
