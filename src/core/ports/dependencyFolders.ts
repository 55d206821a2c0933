import type { DependencyProject } from '../dependencies/dependencyProject';

/** What package managers have put into a worktree, and how it comes into another one. */
export interface DependencyFolders {
  /** Whether the project has its dependencies in this folder, in whatever state, or a link: then they are left as they are. */
  isThere(worktree: string, project: DependencyProject): Promise<boolean>;
  /** Whether that is a link: an install would empty what it leads to. */
  isLink(worktree: string, project: DependencyProject): Promise<boolean>;
  /**
   * Brings a project's dependencies from another worktree by clones of the file system, which share their blocks and no file. All of
   * it or nothing: what is not complete lies under a name of ours (`partialFolder`) and goes with the next try. The source is only read.
   *
   * @throws the AbortError
   */
  clone(request: BringRequest, signal: AbortSignal): Promise<BringOutcome>;
  /**
   * Takes what names the worktree's folder out of a project's dependencies, so that they can be moved with it. Where that cannot be done
   * they go.
   *
   * @returns why they went: half a sentence
   * @throws the AbortError
   */
  unbind(worktree: string, project: DependencyProject, signal: AbortSignal): Promise<string | undefined>;
  /** What an install does besides, and nobody has done here: each a sentence for a person. Never fails. */
  missing(request: Pick<BringRequest, 'from' | 'to' | 'project'>): Promise<readonly string[]>;
  /** Bytes that the file system has left; undefined: it does not say. */
  freeBytes(folder: string): Promise<number | undefined>;
}

export interface BringRequest {
  /** The folder of the worktree that has them. */
  readonly from: string;
  /** The folder of the one that is to get them. */
  readonly to: string;
  readonly project: DependencyProject;
  /** Of these folders of `to`, those that git ignores and has nothing of: only they may be filled. */
  readonly ignored: (folders: readonly string[]) => Promise<readonly string[]>;
  /** How many files there are by now, from time to time. */
  readonly onProgress?: (files: number) => void;
}

export type BringOutcome =
  | {
      readonly kind: 'cloned';
      /** Relative to the worktree, with `/`. */
      readonly folders: readonly string[];
      readonly files: number;
      /** As the files say: most of it is shared with the source. */
      readonly bytes: number;
    }
  /** The other worktree has none, or only a part of them. */
  | { readonly kind: 'absent' }
  /** They are not what an install would give here; `why` is half a sentence. */
  | { readonly kind: 'different'; readonly why: string }
  /** The file system has no clones, or has them not from there to here. */
  | { readonly kind: 'unsupported' };
