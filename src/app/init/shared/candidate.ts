/** A service that a repository seems to have, before it is written down. */
export interface Candidate {
  /** A DNS label. */
  readonly name: string;
  /** Where its files are, relative to the repository's root; `.` is the root. */
  readonly folder: string;
  /** `web` is what a person opens in a browser, `api` answers requests of others, `worker` answers nobody. */
  readonly role: 'web' | 'api' | 'worker';
  /** How it is known, for a person: "Next.js". */
  readonly kind: string;
  readonly command?: string | readonly string[];
  readonly port?: number;
  /** Ports of this machine by which others name it, where those are not `port`. */
  readonly published?: readonly number[];
  /** Whether it answers what is asked for below `/api` itself. */
  readonly ownsApi?: boolean;
  readonly health?: string;
  /** Below the environment's host; undefined: it is decided when all services are known. */
  readonly routes?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly envFile?: readonly string[];
  /** Files that git does not have, and that it needs of the main worktree. */
  readonly copy?: readonly string[];
  readonly image?: string;
  /** Whether the worktree's files are in the image's container. */
  readonly mount?: boolean;
  readonly build?: BuildProposal;
  readonly replicas?: number;
  readonly once?: boolean;
  readonly stdin?: boolean;
  readonly dependsOn?: Readonly<Record<string, 'started' | 'healthy' | 'completed'>>;
  /** What was guessed, by the key that it is about. */
  readonly guesses?: Guesses;
}

/** By the key that was guessed; `service`: that it is there at all. */
export type Guesses = Readonly<Partial<Record<'command' | 'port' | 'routes' | 'health' | 'env' | 'service', string>>>;

export interface BuildProposal {
  readonly context: string;
  readonly dockerfile?: string;
  readonly target?: string;
  readonly args?: Readonly<Record<string, string>>;
}

/** A command that makes a worktree ready, in the form that `setup` has. */
export type SetupStep =
  | string
  | readonly string[]
  | {
      readonly command: string | readonly string[];
      readonly inputs?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    };

/** What a repository says and the environment file does not. */
export interface LeftOut {
  /** The file that says it. */
  readonly file: string;
  /** Where in that file: `services.web.networks`; empty: the file as a whole. */
  readonly path: string;
  /** Why, and what to do about it. */
  readonly reason: string;
}

/** A DNS label from any name, different from those that are taken. */
export function serviceName(wanted: string, taken: ReadonlySet<string>): string {
  const plain = wanted
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 36)
    .replace(/-+$/, '');
  const name = plain || 'service';
  for (let number = 1; ; number++) {
    const next = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(next)) return next;
  }
}

/** Whether a service of this name is the one of several that people open. */
export function isFrontName(name: string): boolean {
  return /^(?:web|web-?app|web-?site|site|front-?end|www|ui)$/i.test(name);
}
