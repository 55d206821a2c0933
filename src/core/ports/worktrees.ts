import type { DeletedWorktree, KeptWorktree } from '../worktrees/deletedWorktree';
import type { AppError, Loss } from '../errors';
import type { Event } from '../event';
import type { Identity, IdentityParts, LeftFolder, Repository, Worktree, WorktreeStatus } from '../model';

/*
 * What the use cases need of the outside world, as roles. Every method that can take long accepts an AbortSignal and
 * rejects with an AbortError once it is aborted; all other failures are AppErrors.
 */

/** git worktrees of a repository. */
export interface Worktrees {
  /** @throws invalidInput when the folder is in no git repository (or a bare one) */
  repository(folder: string, signal?: AbortSignal): Promise<Repository>;
  /**
   * Writes the repository's id down in its git directory, so that it survives a move of the folder. To be called before
   * anything is stamped with the id; reading never writes it. @returns the repository with the id that counts
   */
  recordRepository(repository: Repository): Promise<Repository>;
  /** One `git worktree list`: paths, branches, locks; the main worktree first. */
  list(repository: Repository, signal?: AbortSignal): Promise<Worktree[]>;
  /** Reads only, runs nothing that the repository's config names. @throws notFound when the folder is gone */
  status(worktree: Worktree, signal?: AbortSignal): Promise<WorktreeStatus>;
  /**
   * When somebody last changed something of a worktree that git knows of: a file that it does not ignore, its index, its branch.
   * Milliseconds since the epoch. @throws notFound when the folder is gone
   */
  lastChange(worktree: Worktree, signal?: AbortSignal): Promise<number>;
  /** The same of its files alone, and of the commit that they are at. */
  lastEdit(worktree: Worktree, signal?: AbortSignal): Promise<number>;
  /** Reads what the next `statuses` has to know first, while its caller still waits for the list. Never fails. */
  prepareStatuses(repository: Repository): void;
  /**
   * Statuses of many worktrees of one repository, with one look-up of all their last commits; each is told as soon as it is
   * known, a failure as such. Resolves when all are told. @throws only the AbortError
   */
  statuses(
    worktrees: readonly Worktree[],
    onStatus: (worktree: Worktree, result: WorktreeStatus | AppError) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Local branches and remote-tracking branches (`origin/x`), newest commit first. */
  branches(repository: Repository, signal?: AbortSignal): Promise<Branch[]>;
  /**
   * What a new branch starts from: a branch that is called just so before a tag or a commit, and one that only `origin` has as well.
   * @param base undefined: the default branch, or its upstream where the local one is only behind that
   * @throws invalidInput when it names no commit
   */
  startPoint(repository: Repository, base: string | undefined, signal?: AbortSignal): Promise<StartPoint>;
  /** A file's text as a commit has it. @param path relative to the repository's root, with `/`. undefined: not in that commit */
  fileAt(repository: Repository, commit: string, path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** What a commit has at a path, relative to the repository's root, with `/`; undefined: nothing */
  kindAt(repository: Repository, commit: string, path: string, signal?: AbortSignal): Promise<KindAt | undefined>;
  /**
   * A digest of all files beneath a folder by their names and contents: of a worktree the one of its commit where they are the same.
   * @param path relative to the repository's root, with `/`; `.` is the root
   * @returns undefined: no file is there
   * @throws invalidInput where it cannot be told what is read there: a link in a commit
   */
  filesDigest(repository: Repository, at: FilesAt, path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Files that git knows and that have one of these names, in any folder; relative to the repository's root, with `/`. */
  filesNamed(repository: Repository, at: FilesAt, names: readonly string[], signal?: AbortSignal): Promise<string[]>;
  /** Those of the folders, whether they are there or not, that git ignores and knows nothing in. */
  ignoredFolders(worktree: Worktree, folders: readonly string[], signal?: AbortSignal): Promise<string[]>;
  /**
   * `git worktree add` (for new branches with --no-track) into a folder that must not exist or be empty.
   * @throws conflict when the branch is checked out elsewhere or the folder exists, invalidInput for a bad name or base
   */
  add(repository: Repository, request: AddWorktree, signal?: AbortSignal): Promise<Worktree>;
  /**
   * Completes the files of a worktree that is `beingMade`, where the `add` that began it was cut off. What a person has put there
   * since is kept. @throws conflict where that keeps it from being complete
   */
  finish(repository: Repository, worktree: Worktree, signal?: AbortSignal): Promise<Worktree>;
  /**
   * Takes away what is left of an `add` that was cut off before there was a worktree, and takes claims of spares back that were.
   * @returns those claims that cannot be taken back now
   */
  recover(repository: Repository): Promise<readonly LeftClaim[]>;
  /** Whether `add` could use the folder, as of now. @throws conflict when it exists and is not empty, or is a worktree */
  checkFolder(repository: Repository, folder: string, signal?: AbortSignal): Promise<void>;
  /**
   * What removing the worktree, and its branch unless that is kept, would lose. Empty: nothing.
   * @throws conflict, denied when the folder could not be removed
   */
  losses(repository: Repository, worktree: Worktree, signal?: AbortSignal, options?: RemoveOptions): Promise<Loss[]>;
  /** Whether a delete of a worktree can be undone, as long as a trash is kept: its folder may be where nothing can be moved from. */
  canBeUndone(repository: Repository, worktree: Worktree): Promise<boolean>;
  /**
   * Removes folder and registration. Checks again for losses that are not in `accepted`, right before it removes.
   * @throws conflict with the losses
   */
  remove(
    repository: Repository,
    worktree: Worktree,
    accepted: readonly Loss['kind'][],
    signal?: AbortSignal,
    options?: RemoveOptions,
  ): Promise<void>;
  /**
   * The first half of `remove`, and all of it that may refuse: takes the folder out of its place, whole or not at all. Then
   * `discard` or `keep` ends the removal, or `putBack` takes it back.
   * @throws conflict with the losses
   */
  setAside(
    repository: Repository,
    worktree: Worktree,
    accepted: readonly Loss['kind'][],
    signal?: AbortSignal,
    options?: RemoveOptions,
  ): Promise<SetAside>;
  /** No error when it is back already. */
  putBack(repository: Repository, aside: SetAside): Promise<void>;
  /** Forgets the worktree, and deletes its files. @returns what could not be deleted and where it lies; undefined: nothing */
  discard(repository: Repository, aside: SetAside): Promise<string | undefined>;
  /**
   * Forgets the worktree, and keeps all of it in the trash, from where `bringBack` takes it. Where it was not set aside to `keep` all,
   * or lies on another file system than the repository, which `losses` told, its files are deleted.
   */
  keep(repository: Repository, aside: SetAside): Promise<KeptWorktree>;
  /** What `bringBack` can bring back, newest first. */
  deleted(repository: Repository): Promise<DeletedWorktree[]>;
  /**
   * Puts back what was kept: the branch, if it is gone, with its reflog; the folder; what git knew of the worktree. Refuses first what
   * would be in the way. Cut off, it is done again.
   * @throws conflict when its place, its branch or its name is another's by now, notFound when it was swept
   */
  bringBack(repository: Repository, deleted: Pick<DeletedWorktree, 'id'>): Promise<Worktree>;
  /**
   * Deletes for good what was kept longer than that, and longer than it was said to be, and what removals that were cut off have left. Nothing goes the first time that it
   * is seen to be due: the clock may be wrong. Never what `keep` did not put there. Never fails.
   */
  sweep(repository: Repository, keepMs: number): Promise<void>;
  /** Puts the folder back that a removal that was cut off had set aside, if there is one. */
  restore(repository: Repository, worktree: Worktree): Promise<void>;
  /**
   * Folders that a removal which was cut off has set aside, and whose worktrees git has forgotten since: nothing leads to them any
   * more. Never fails.
   * @param worktrees those that are listed
   */
  leftAside(repository: Repository, worktrees: readonly Worktree[]): Promise<LeftFolder[]>;
  /** Folders of worktrees that are kept ready for the next creates, which `list` has not (`Spares`). Runs no git. Never fails. */
  spares(repository: Repository): Promise<string[]>;
  /** Deletes a local branch only while it points at `expectedHead` (compare and swap). @throws conflict when it moved on */
  deleteBranch(repository: Repository, branch: string, expectedHead: string): Promise<void>;
  /** Forgets registrations of worktrees whose folders are gone. */
  prune(repository: Repository): Promise<void>;
  /** Fires when a worktree, branch, HEAD or index of the repository changes, whoever changed it; coalesced. */
  watch(repository: Repository): { readonly onDidChange: Event<void>; dispose(): void };
}

/** Files as a commit has them, or as they are in a worktree's folder, committed or not. */
export type FilesAt = { readonly commit: string } | { readonly folder: string };

export type KindAt = 'file' | 'folder' | 'link';

/** A spare whose claim was cut off. */
export interface LeftClaim {
  readonly folder: string;
  /** A sentence, with what to do. */
  readonly why: string;
}

/** A worktree whose folder was taken out of its place. */
export interface SetAside {
  readonly worktree: Worktree;
  /** Where the folder is now; undefined: there was none. */
  readonly folder: string | undefined;
  /** By which `keep` keeps it; undefined: it cannot be kept. */
  readonly entry?: string | undefined;
  /** It was to be kept, and cannot be moved into the trash, which nobody knew before: `keep` leaves its files where they are now. */
  readonly stays?: true;
  /** Refs that were left to commits which nothing else reaches; `putBack` takes them away. */
  readonly recovery?: readonly string[];
}

export interface RemoveOptions {
  /** The worktree's branch stays, and with it all that it reaches. */
  readonly keepBranch?: boolean;
  /**
   * What `keep` is to keep, written down before anything is given up: `commits`, by refs of ours, that nothing else reaches; `all`, so
   * that `bringBack` can undo it.
   */
  readonly keep?: 'commits' | 'all';
  /** For how long it is said to be kept, where it is kept whole: no `sweep` takes it before. */
  readonly keepMs?: number;
}

export interface Branch {
  /** `x` for a local branch, `origin/x` for a remote-tracking one. */
  readonly name: string;
  readonly isRemote: boolean;
  readonly commit: string;
  /** Committer date, ISO 8601. */
  readonly date: string;
  readonly subject: string;
  /** Folder of the worktree that has it checked out. */
  readonly checkedOutAt: string | undefined;
}

export interface StartPoint {
  /** As a person would write it: `main`, `origin/main`, a tag, a commit. */
  readonly name: string;
  readonly commit: string;
  /** Of a local branch whose upstream has commits that it has not: `name` is one of the two. */
  readonly lag?: {
    readonly local: string;
    readonly upstream: string;
    /** Commits that only the local one has. */
    readonly ahead: number;
    readonly behind: number;
  };
}

export interface Making {
  /** What the create is known by that makes it: `Worktree.beingMade` as long as it is not complete. */
  readonly id: string;
  /** Called once git knows the worktree, before its files are written: so its record is there however early this is cut off. */
  record(worktree: Worktree): Promise<void>;
}

/** A worktree whose files, committed or not, a new one has as well; what of them is not in its commit is not committed there either. */
export interface FilesOf {
  readonly worktree: Worktree;
  /** Told what is not taken along: repositories inside of it, relative to its folder. */
  leave(paths: readonly string[]): void;
}

export type AddWorktree = { readonly folder: string; readonly making?: Making } &
  /** `commit`: where it was when it was decided what is made of it; without it wherever it is. */
  (
    | { readonly kind: 'existing'; readonly branch: string; readonly commit?: string }
    /** `remoteBranch` is `origin/x`; makes local `x` that tracks it. `commit`: as above. */
    | { readonly kind: 'tracking'; readonly branch: string; readonly remoteBranch: string; readonly commit?: string }
    /** `base`: a branch, tag or commit. */
    | { readonly kind: 'new'; readonly branch: string; readonly base: string; readonly filesOf?: FilesOf }
  );

/** Identity files in the worktrees' own git directories. */
export interface Identities {
  /** undefined when there is none. @throws failed when there is one that cannot be understood */
  read(worktree: Worktree): Promise<Identity | undefined>;
  /** Atomic: whole or not at all. */
  write(worktree: Worktree, identity: Identity): Promise<void>;
  remove(worktree: Worktree): Promise<void>;
  /** What a create wrote down before it made anything, so that the same create, once cut off, finds what is its own. */
  readBegun(place: BegunPlace): Promise<Begun | undefined>;
  writeBegun(place: BegunPlace, begun: Begun): Promise<void>;
  /** Once the worktree has its record, or nothing is left. */
  removeBegun(place: BegunPlace): Promise<void>;
  /** undefined: it is no session's, or nobody can tell. */
  readSession(worktree: Pick<Worktree, 'gitDir'>): Promise<MadeForSession | undefined>;
  writeSession(worktree: Pick<Worktree, 'gitDir'>, session: MadeForSession): Promise<void>;
}

/** What was made for a session of another tool together with its worktree. */
export interface MadeForSession {
  /** The branch that there was none of before. */
  readonly createdBranch: string;
}

/** Where a create that was begun is found again: in the worktree that it is for, else by the branch that is to have one. */
export type BegunPlace =
  | { readonly kind: 'worktree'; readonly gitDir: string }
  | { readonly kind: 'branch'; readonly commonDir: string; readonly ref: string };

export interface Begun {
  readonly worktreeId: string;
  /** Whether the branch did not exist before. */
  readonly createdBranch: boolean;
  /**
   * Not a create but a delete was begun, which had removed the worktree or was about to: the branch goes next, while it is at this
   * commit.
   */
  readonly deletingAt?: string | undefined;
  /** What the create had given names to when it took itself back: of what it could not remove only this says that it is there. */
  readonly parts?: IdentityParts | undefined;
}
