import type { Repository, Worktree } from '../model';

/** What both Claude Code and others read in a repository's root. */
export const includeFile = '.worktreeinclude';

/** Files of a worktree that git does not bring: copied from the main worktree, and told what this environment has. */
export interface WorktreeFiles {
  /**
   * What is to be copied of the main worktree's files: those that git ignores and that are asked for. Reads only.
   *
   * @throws invalidInput for what leads out of the worktree
   */
  select(repository: Repository, wanted: WantedFiles, signal?: AbortSignal): Promise<SelectedFiles>;
  /**
   * Copies what was selected into a worktree, never over what is there, through no link, and only where git ignores it there as well.
   * What was copied before, and is gone since, stays away.
   *
   * @param notes are told each file before it is there: where it throws they say what there may be
   */
  copy(
    repository: Repository,
    worktree: Worktree,
    selected: SelectedFiles,
    notes: CopyNotes,
    signal?: AbortSignal,
  ): Promise<CopiedFiles>;
  /** Takes copies back that are as they were copied. */
  takeBack(worktree: Worktree, notes: CopyNotes): Promise<void>;
  /**
   * Makes these lines, in a block of their own, the end of a file that git ignores. A file that is not there is made. What somebody
   * else wrote into the block stays, above it.
   *
   * @returns whether it changed
   * @throws conflict for a link, for what is no text or too large, and for a file that git does not ignore
   */
  patch(worktree: Worktree, path: string, lines: readonly string[], signal?: AbortSignal): Promise<boolean>;
  /** Takes such lines out again. @returns the path and why they stay, for a person; undefined: they are gone */
  unpatch(worktree: Worktree, path: string): Promise<string | undefined>;
  /** Files that have such lines now. */
  patched(worktree: Worktree): Promise<readonly string[]>;
  /** Files that ever were copied into it, and that git has nothing of there, whatever has become of them. */
  copied(worktree: Worktree, signal?: AbortSignal): Promise<readonly string[]>;
}

export interface WantedFiles {
  /** `copy` of the environment file: paths and globs, relative to the root. */
  readonly copy: readonly string[];
  /** By paths of `copy`, what stands for one that the main worktree has not. */
  readonly examples?: Readonly<Record<string, string>>;
  /** The text of `.worktreeinclude`, as gitignore is written; undefined: what the main worktree's one says, if there is one. */
  readonly include: string | undefined;
  /** The editor's setting: globs relative to the root. */
  readonly globs: readonly string[];
}

export interface SelectedFiles {
  /** Relative to the root, with `/`, sorted. */
  readonly paths: readonly string[];
  /** Those of git's hooks: where they are missing git says nothing and runs none. */
  readonly hooks: readonly string[];
  /** What was asked for and is not copied, each with the reason, for a person. */
  readonly left: readonly string[];
  /** By the path of a file that the main worktree has not, the file of the new one that it is a copy of; undefined: none is. */
  readonly examples?: Readonly<Record<string, string>>;
}

/** Files that a copy has written, or was about to: what they are, by their path. */
export type CopyNotes = Map<string, string>;

export interface CopiedFiles {
  /** By this call. */
  readonly copied: readonly string[];
  /** What is not copied, each with the reason, for a person. */
  readonly left: readonly string[];
}
