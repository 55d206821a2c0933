import type { EnvironmentFile } from '../../core/environmentFile';
import type { Identity, Owner, Repository, Worktree } from '../../core/model';
import type { EnvironmentDatabase } from '../../core/ports/databaseSnapshots';
import type { SelectedFiles } from '../../core/ports/worktreeFiles';
import type { Begun } from '../../core/ports/worktrees';
import type { RepositoryCommand } from '../../core/repositoryCommands';
import type { KnownWorktree } from '../worktrees/readWorktrees';

/** What a create is about, decided by reading only. */
export type Target =
  | {
      readonly kind: 'worktree';
      readonly ref: string;
      readonly branch: string;
      readonly worktree: Worktree;
      readonly commit: string;
    }
  | { readonly kind: 'existing'; readonly ref: string; readonly branch: string; readonly commit: string }
  | {
      readonly kind: 'tracking';
      readonly ref: string;
      readonly branch: string;
      readonly remoteBranch: string;
      readonly commit: string;
    }
  | {
      readonly kind: 'new';
      readonly ref: string;
      readonly branch: string;
      readonly base: string;
      readonly commit: string;
      /** What to know of the start, for a person. */
      readonly note?: string;
    };

/** All that a create needs to know before it changes anything. */
export interface PreparedCreate {
  readonly repository: Repository;
  readonly target: Target;
  readonly owner: Owner;
  /** Of an earlier create of this environment: one that was cut off is finished, one that was not is brought up to date. */
  readonly identity: Identity | undefined;
  /** Of an earlier create that was cut off before there was a record. */
  readonly begun: Begun | undefined;
  /** The branch is one that Coppice made, and that a delete which was cut off has left. */
  readonly isLeftByDelete: boolean;
  /** The environment was an earlier worktree's, and a person decided to take it over. */
  readonly isAdopted?: boolean;
  readonly known: readonly KnownWorktree[];
  /** All that was read of worktrees and records, to be compared with what is there once nobody else may change it. */
  readonly seen: string;
  /** What the worktree's record says now, also when it came here with a copy of another repository. */
  readonly recorded: Identity | undefined;
  readonly file: EnvironmentFile;
  /** What the worktree gets of the main one's files. */
  readonly copies: SelectedFiles;
  /** Those of all projects in it, relative to its root; none where the file wants no dependencies. */
  readonly lockfiles: readonly string[];
  /** Its env files that have lines of Coppice. */
  readonly patched: readonly string[];
  /** Of which the environment's own is a copy; undefined: of the template. */
  readonly databaseFrom?: EnvironmentDatabase | undefined;
  /** Whose files the new one has as well; undefined: it has those of its commit. */
  readonly filesFrom?: Worktree | undefined;
  /** Not approved, and not to be run. */
  readonly unapproved?: readonly RepositoryCommand[];
  /** Where the worktree goes, given its slug. */
  readonly folderOf: (slug: string) => string;
}
