/** A project as its own people give it to everybody, at a version of theirs. */
export interface Project {
  readonly name: string;
  /** What it is made of, with the version: for docs/verified.md. */
  readonly tool: string;
  readonly version: string;
  /** What it stands for, in a few words: for docs/verified.md. */
  readonly shows: string;
  /** Programs with their arguments that make the folder `project` in an empty folder. The last ones may only fill it. */
  readonly make: readonly (readonly string[])[];
  /** Programs that must be there; else the project is skipped. */
  readonly needs?: readonly string[];
  /** Folders beside `project` whose programs stand first on PATH: those of tools that `make` installs there. */
  readonly path?: readonly string[];
  /** A repository that is cloned: where it cannot be reached, the project is skipped. */
  readonly clones?: string;
  /** What git is told on this machine, as a line of `git config --file`: name and value. */
  readonly gitConfig?: readonly (readonly [name: string, value: string])[];
  /** Of the URL that answers; of the environment, or of the service that has a host of its own. */
  readonly asks?: string;
  readonly host?: string;
  /** The page of a browser, where that is another one than what answers without a program in it. */
  readonly page?: string;
  /** What else answers from the first create on, below the environment's URL or at a host of its own. */
  readonly also?: readonly { readonly path: string; readonly host?: string; readonly says: string }[];
  /** A change in one worktree that its page shows, and no other's. */
  readonly change: { readonly file: string; readonly from: string; readonly to: string };
  /** What the page says before the change, and after it. */
  readonly says: { readonly before: string; readonly after: string };
  /** Its page in a browser shows the change by itself: in the page as it is, or loaded anew by the dev server. */
  readonly isHot?: 'kept' | 'loaded';
  /**
   * A migration that cannot work: a file of its text, and what the migrating tool says of it. What stays where not all is taken
   * back, in Coppice's words: an environment whose own service migrates, or a worktree in which setup has written what could be work.
   */
  readonly broken?: {
    readonly file: string;
    readonly from?: string;
    readonly to: string;
    readonly says: string;
    readonly stays?: string;
  };
}

export const npx: readonly string[] = ['npx', '--yes'];

/** The lockfile that its author would have committed: generators that install nothing write none. */
export function locked(folder = 'project'): readonly string[] {
  return ['npm', '--prefix', folder, 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--silent'];
}
