/** A tool by the name that the environment file gives it. */
export type UsedToolName =
  | 'redis'
  | 'valkey'
  | 'mysql'
  | 'mariadb'
  | 'mongodb'
  | 'nats'
  | 'rabbitmq'
  | 'minio'
  | 'mailpit'
  | 'memcached'
  | 'elasticsearch';

/** Where programs reach a port of a tool. */
export interface UsedAddress {
  readonly host: string;
  readonly port: number;
}

/** A tool's program on this machine. */
export interface LocalProgram {
  /** Absolute. */
  readonly program: string;
  /** Its file's name where links end, without an ending. */
  readonly kind: string;
  /** What it needs besides, absolute, by name. */
  readonly helpers: Readonly<Record<string, string>>;
  /** Whether it would run with the rights of the administrator. */
  readonly isRoot: boolean;
}

/** Where a used service keeps what is its own. */
export interface UsedPlace {
  /** Absolute; its folder is there once it was prepared. */
  readonly data: string;
  readonly beside: (name: string) => string;
}

/** What a program of this machine is started with. */
export interface LocalRun {
  /** Absolute; by the names of `programs` and `helpers` that were found. */
  readonly program: string;
  /** What `program` is in truth, where links lead to it: MariaDB calls itself mysqld, too. */
  readonly kind: string;
  readonly helper: (name: string) => string;
  /** By the names of the tool's ports: free ones of this machine, which are this environment's own. */
  readonly port: (name: string) => string;
  /** Where its data lie: a folder that is there. */
  readonly data: string;
  /** A place beside them. */
  readonly beside: (name: string) => string;
  /** Whether it would run with the rights of the administrator, which some programs refuse unless they are told so. */
  readonly isRoot: boolean;
}

/** How a tool runs as a process of this machine. */
export interface LocalTool {
  /** Names of the program; the first that is found counts. */
  readonly programs: readonly string[];
  /** What else it needs, for the program that was found. */
  readonly helpers?: (kind: string) => readonly string[];
  /** Folders that are looked into besides PATH: `sbin` is on few people's. The first go before it. */
  readonly folders?: { readonly before?: readonly string[]; readonly after?: readonly string[] };
  /** Ports besides those that others reach. */
  readonly ports?: readonly string[];
  readonly command: (run: LocalRun) => readonly string[];
  readonly env?: (run: LocalRun) => Readonly<Record<string, string>>;
  /** Files beside the data, written before each start of an environment. */
  readonly files?: Readonly<Record<string, string>>;
  /** Makes the data folder: run once, in an empty one. Left out: an empty folder serves. */
  readonly prepare?: (run: LocalRun) => readonly string[];
  /** How one data folder becomes many; left out: nobody has verified that it can, and `uses` takes no `migrate` and `seed` for it. */
  readonly template?: LocalTemplate;
}

/** What there is to know of a data folder that others are copied from, once its program has ended by SIGTERM with exit code 0. */
export interface LocalTemplate {
  /** Arguments with which the program says its version and ends: another one may not read the folder. */
  readonly version: readonly string[];
  /** Files right in the folder that are one server's own, and that the next start makes anew. */
  readonly own: readonly string[];
}

/** How a tool runs in a container. */
export interface ContainerTool {
  /** Official, with the tag that it is pinned to. */
  readonly image: string;
  /** Left out: the image's own. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where its data lie; left out: it keeps none. */
  readonly data?: string;
  /** The group that its data belong to, where the image does not see to that. */
  readonly group?: number;
}

/** How a tool comes onto a machine. */
export interface ToolInstallation {
  /** As a person types it, by the program that installs others (`core/installationCommand`). */
  readonly commands: Readonly<Partial<Record<string, string>>>;
  readonly page: string;
}

/** A service that many applications use, and that is none of their own. */
export interface UsedTool {
  /** For a person. */
  readonly title: string;
  /** Which of its ports others reach, by name, as the tool itself numbers them. */
  readonly ports: Readonly<Record<string, number>>;
  /** The port that is asked whether it is ready; one that speaks HTTP has a URL in the browser, too. */
  readonly main: string;
  /** HTTP path at the main port that answers when it is ready; left out: as soon as that port accepts. */
  readonly health?: string;
  /** Whether its main port is for people: it gets a host of its own, by the service's name. */
  readonly hasPage?: true;
  /** What programs are told: `URL`, `HOST` and so on; each is given with the service's name before it. */
  readonly variables: (at: (port: string) => UsedAddress) => Readonly<Record<string, string>>;
  /** The same under names that programs know, for the first service of its kind. */
  readonly known: (variables: Readonly<Record<string, string>>) => Readonly<Record<string, string | undefined>>;
  /** It holds an application's tables: where the file asks for no PostgreSQL, DATABASE_URL leads there. */
  readonly isDatabase?: true;
  readonly local: LocalTool;
  readonly container: ContainerTool;
  /** Whether a file of its folder, by its path with `/`, says that something was written to it; left out: it keeps nothing worth it. */
  readonly isWritten?: (path: string, bytes: number) => boolean;
  readonly installation: ToolInstallation;
}
