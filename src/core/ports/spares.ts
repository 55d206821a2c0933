import type { Repository, Worktree } from '../model';
import type { Making } from './worktrees';

/** What is written down, in its own git directory, of a worktree that is made in advance. */
export interface SpareRecord {
  readonly version: 1;
  /** 12 hex digits. */
  readonly id: string;
  readonly repositoryId: string;
  /** What is checked out, with a detached HEAD. */
  readonly commit: string;
  /** `unfit`: what was made in it is nothing that a create may have; `why` says it. */
  readonly state: 'making' | 'ready' | 'unfit';
  readonly has: 'checkout' | 'dependencies';
  /** Of all that decides what dependencies a commit wants (`Spares.digest`): those of another commit with the same one are these. */
  readonly digest: string;
  /** What git ignored in it when it was ready, as its status names it. Anything else is somebody's. */
  readonly ignored: readonly string[];
  /** Its dependencies name the folder that they are made in, and went: with this `digest` no others would do better. */
  readonly isBound?: true;
  /** For a person: why it has no dependencies, or is not fit. */
  readonly why?: string;
  /** Of what is not fit: its `fingerprint` then. As long as it has the same, what was made in it is nobody's work. */
  readonly left?: string;
  /** A create has begun to make it its own; absolute folders, and the commit that is checked out there. */
  readonly claim?: { readonly from: string; readonly to: string; readonly commit?: string };
}

export interface Spare {
  readonly worktree: Worktree;
  /** undefined: it was cut off before there was one, or it cannot be understood. */
  readonly record: SpareRecord | undefined;
  /** A newer Coppice has written its record, and it is left to that one: a sentence. */
  readonly newer?: string;
}

export interface AddSpare {
  /** Must not exist, or be empty. */
  readonly folder: string;
  readonly record: SpareRecord;
}

export interface ClaimSpare {
  /** Where its worktree goes. */
  readonly folder: string;
  /** A new one. */
  readonly branch: string;
  /** What the branch starts from, and the worktree has then. */
  readonly commit: string;
  readonly making: Making;
  /** Caches that name the folder in which they were made, relative to the worktree: they go. */
  readonly without: readonly string[];
}

/** Worktrees that are made in advance; `Worktrees.list` has none of them. */
export interface Spares {
  list(repository: Repository, signal?: AbortSignal): Promise<Spare[]>;
  /**
   * Adds one, locked as what it is from its first moment on, and checks its commit out.
   * @throws conflict when something is in the folder
   */
  add(repository: Repository, request: AddSpare, signal?: AbortSignal): Promise<Spare>;
  /** Completes the files of one whose `add` was cut off. @throws conflict where what somebody put there keeps it from that */
  finish(repository: Repository, spare: Spare, signal?: AbortSignal): Promise<void>;
  /** Atomic: whole or not at all. */
  write(spare: Spare, record: SpareRecord): Promise<void>;
  /** What in a commit has these paths, and what they hold: the same digest, the same files. @param paths with `/` */
  digest(repository: Repository, commit: string, paths: readonly string[], signal?: AbortSignal): Promise<string>;
  /** What git ignores in it now, and what somebody has changed: `work` is for a person, and empty when nobody has. */
  look(spare: Spare, signal?: AbortSignal): Promise<{ readonly ignored: readonly string[]; readonly work: string[] }>;
  /** Of all that git looks at in it, ignored files excepted. undefined: it has what is always somebody's, as a rebase in progress. */
  fingerprint(spare: Spare, signal?: AbortSignal): Promise<string | undefined>;
  /** Makes it a worktree like any other. */
  release(spare: Spare): Promise<void>;
  /** Removes it for good. @throws conflict with what would be lost, which of one that has the fingerprint of `left` is nothing */
  discard(repository: Repository, spare: Spare, signal?: AbortSignal): Promise<void>;
  /**
   * Makes a spare the worktree of a new branch. What cannot be done is taken back, and it is a spare again; cut off, `Worktrees.recover`
   * takes it back or `Worktrees.finish` ends it.
   * @throws whatever kept it from that
   */
  claim(repository: Repository, spare: Spare, request: ClaimSpare, signal?: AbortSignal): Promise<Worktree>;
}
