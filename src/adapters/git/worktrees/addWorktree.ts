import { errorCode } from '@coppice/host/errorCode';
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { checkoutMark } from '../../../core/worktrees/checkoutMark';
import { AppError } from '../../../core/errors';
import type { AddWorktree } from '../../../core/ports/worktrees';
import type { Repository, Worktree } from '../../../core/model';
import { abortError } from '../../exec/abort';
import {
  checkBranchName,
  checkedOut,
  commitOfRef,
  createBranch,
  hasBranchSettings,
  removeBranchSettings,
  setUpstream,
} from '../history/branches';
import { failedHook } from './failedHook';
import { inFolderAlone } from '../locks/folderLock';
import { startPoint } from '../history/startPoint';
import { fillWorktree, HookFailure } from '../work/fillWorktree';
import { filesOfFolder } from '../work/uncommittedFiles';
import { refuseMoved } from '../files/refuseMoved';
import { gitFailed, GitFailure, type Git } from '../program/git';
import { thisProcess } from '../locks/lockHolder';
import { folderState, isSameRealPath } from '../files/paths';
import { removeUnknown } from '../files/removeUnknown';
import { makingArguments } from '../files/strayGit';
import { usageExitCode, type WorktreeList } from './worktreeList';

/**
 * `git worktree add`. Hooks and filters run as git runs them: post-checkout hooks (git-lfs, husky) are the user's set-up of the
 * new folder; one that fails makes the whole fail. Branches are made beforehand by compare and swap, and worktrees without
 * tracking: `worktree add -b` writes the repository's configuration, and several at once fail at its lock.
 *
 * @throws conflict, invalidInput, failed, or the AbortError: then what this call made is undone
 */
export async function addWorktree(
  git: Git,
  list: WorktreeList,
  repository: Repository,
  request: AddWorktree,
  signal?: AbortSignal,
): Promise<Worktree> {
  if (!isAbsolute(request.folder)) throw new AppError('invalidInput', `${request.folder} is no absolute path.`);
  await checkBranchName(git, repository, request.branch, signal);
  const start = await startOf(git, repository, request, signal);
  const files =
    request.kind === 'new' && request.filesOf ? await filesOfFolder(git, request.filesOf.worktree, signal) : undefined;
  // Whether a folder was ours to remove can only be told while nobody else of us fills it.
  return inFolderAlone(repository, request.folder, async () => {
    await refuseIfTaken(await list.list(repository, signal), request);
    const worktree = await new Addition(git, list, repository, request).run(start, files?.tree, signal);
    if (request.kind === 'new' && files) request.filesOf?.leave(files.leftOut);
    return worktree;
  });
}

/** The commit that a new branch starts from; undefined for an existing branch. */
async function startOf(
  git: Git,
  repository: Repository,
  request: AddWorktree,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (request.kind === 'new') return (await startPoint(git, repository, request.base, signal)).commit;
  const ref = request.kind === 'existing' ? `refs/heads/${request.branch}` : `refs/remotes/${request.remoteBranch}`;
  const commit = await commitOfRef(git, repository, ref, signal);
  if (commit === undefined) {
    const name = request.kind === 'existing' ? request.branch : request.remoteBranch;
    throw new AppError('invalidInput', `There is no branch ${JSON.stringify(name)} in ${repository.name}.`);
  }
  if (request.commit !== undefined) refuseMoved(request.branch, request.commit, commit);
  return request.kind === 'existing' ? undefined : commit;
}

async function refuseIfTaken(worktrees: readonly Worktree[], request: AddWorktree): Promise<void> {
  const holder = worktrees.find((worktree) => worktree.branch === request.branch);
  if (holder?.prunable !== undefined) {
    throw new AppError(
      'conflict',
      `The branch ${request.branch} belongs to a worktree whose folder ${holder.path} is gone. Prune worktrees first.`,
    );
  }
  if (holder) throw checkedOut(request.branch, holder.path);
  await checkFolder(worktrees, request.folder);
}

/** @throws conflict when no worktree can be made there */
export async function checkFolder(worktrees: readonly Worktree[], folder: string): Promise<void> {
  for (const worktree of worktrees) {
    if (!(await isSameRealPath(worktree.path, folder))) continue;
    if (worktree.prunable === undefined) {
      throw new AppError(
        'conflict',
        `${folder} is a worktree already${worktree.branch ? `, of the branch ${worktree.branch}` : ''}.`,
        {
          remedy: { title: 'Open That Worktree', action: { kind: 'openWorktree', path: worktree.path } },
        },
      );
    }
    throw new AppError(
      'conflict',
      `git still knows a worktree in ${folder}, whose folder is gone. Prune worktrees first.`,
    );
  }
  if ((await folderState(folder)) === 'occupied') {
    throw new AppError('conflict', `The folder ${folder} exists and is not empty.`);
  }
}

/** How often its folder is tried to be made. */
const attempts = 5;

/** One addition, with what it made so far. */
class Addition {
  #madeFolders: string[] = [];
  #wasThere = false;
  #branchCommit: string | undefined;
  #hadSettings = true;

  constructor(
    private readonly git: Git,
    private readonly list: WorktreeList,
    private readonly repository: Repository,
    private readonly request: AddWorktree,
  ) {}

  /** @param tree of what is in it besides its commit; undefined: nothing */
  async run(start: string | undefined, tree: string | undefined, signal?: AbortSignal): Promise<Worktree> {
    const { git, repository, request } = this;
    try {
      await this.#makeFolder();
      if (start !== undefined) {
        this.#hadSettings = await hasBranchSettings(git, repository, request.branch);
        await this.#makeBranch(start, signal);
      }
      if (request.kind === 'tracking') await setUpstream(git, repository, request.branch, request.remoteBranch, signal);
      await this.#register(signal);
      const worktree = await this.#find(signal);
      const decided = start ?? (request.kind === 'existing' ? request.commit : undefined);
      if (decided !== undefined) refuseMoved(request.branch, decided, worktree.head);
      await request.making?.record(worktree);
      await this.#fill(worktree, tree, signal);
      return { ...worktree, beingMade: undefined };
    } catch (error) {
      await this.#undo().catch((undoing: unknown) => {
        throw new AppError(
          'failed',
          `The worktree ${request.folder} was not made, and what was begun is not all cleaned up.`,
          {
            explanation: `${String(error)}\n${String(undoing)}`,
            cause: error,
          },
        );
      });
      throw error;
    }
  }

  /** With its parents, each by an atomic mkdir: so it is known which of them are ours. */
  async #makeFolder(): Promise<void> {
    const { folder } = this.request;
    this.#wasThere = await exists(folder);
    for (let attempt = 1; !(await exists(folder)); attempt++) {
      const missing: string[] = [];
      for (let current = folder; !(await exists(current)); current = dirname(current)) missing.unshift(current);
      // Empty until then, the one above goes with the last worktree that is deleted: then it is made again.
      const isLast = attempt === attempts;
      for (const each of missing)
        if (
          await mkdir(each).then(
            () => true,
            (error: unknown) => ignore(error, isLast),
          )
        )
          this.#madeFolders.push(each);
    }
  }

  async #makeBranch(start: string, signal?: AbortSignal): Promise<void> {
    // Not cut off halfway: whether the branch is ours must be known.
    if (signal?.aborted) throw abortError(signal);
    await createBranch(this.git, this.repository, this.request.branch, start);
    this.#branchCommit = start;
  }

  /** Its files come later: so that the one process that writes them, for as long as that takes, is known. */
  async #register(signal?: AbortSignal): Promise<void> {
    const id = this.request.making?.id ?? randomBytes(6).toString('hex');
    const reason = checkoutMark({ id, ...(await thisProcess()) });
    const { folder, branch } = this.request;
    const argv = [...makingArguments(id), 'worktree', 'add', '--no-checkout', '--lock'];
    const options = { trust: 'write', signal } as const;
    try {
      try {
        await this.git.run(this.repository.root, [...argv, '--reason', reason, '--', folder, branch], options);
      } catch (error) {
        // Before git 2.33 a reason cannot be given at once.
        if (!(error instanceof GitFailure) || error.exitCode !== usageExitCode) throw error;
        await this.git.run(this.repository.root, [...argv, '--', folder, branch], options);
        await writeFile(join((await this.#find(signal)).gitDir, 'locked'), reason);
      }
    } catch (error) {
      const holder = (await this.list.list(this.repository)).find((worktree) => worktree.branch === branch);
      if (holder && !(await isSameRealPath(holder.path, folder))) throw checkedOut(branch, holder.path);
      throw gitFailed(`The worktree ${folder} was not made`, error);
    }
  }

  async #fill(worktree: Worktree, tree: string | undefined, signal?: AbortSignal): Promise<void> {
    try {
      await fillWorktree(this.git, worktree, signal, tree);
    } catch (error) {
      const cause = error instanceof HookFailure ? error.failure : error;
      const { git, repository, request } = this;
      const hook =
        error instanceof HookFailure &&
        (await failedHook(git, repository, await this.list.list(repository), request, this.#branchCommit, cause));
      throw hook || gitFailed(`The worktree ${worktree.path} was not made`, cause);
    }
  }

  async #find(signal?: AbortSignal): Promise<Worktree> {
    for (const worktree of await this.list.list(this.repository, signal)) {
      if (await isSameRealPath(worktree.path, this.request.folder)) return worktree;
    }
    throw new AppError('failed', `The worktree ${this.request.folder} was removed while it was made.`);
  }

  /** Without the signal: what was begun is cleaned up. The folder was absent or empty, and locked: all that is in our worktree is of this call. */
  async #undo(): Promise<void> {
    const { git, repository, request } = this;
    let isOthers = false;
    let isKnown = false;
    for (const worktree of await this.list.list(repository)) {
      if (!(await isSameRealPath(worktree.path, request.folder))) continue;
      // Cut off early, git's registration has no branch yet, and an all-zero HEAD.
      isOthers = worktree.branch !== request.branch && !(worktree.branch === undefined && /^0*$/.test(worktree.head));
      if (isOthers) continue;
      isKnown = true;
      await git.try(repository.root, ['worktree', 'remove', '--force', '--force', '--', worktree.path], {
        trust: 'refresh',
      });
    }
    if (isKnown) await this.#removeFolder();
    else if (!isOthers) await removeUnknown(request.folder, this.#madeFolders.at(-1) !== request.folder);
    for (const folder of this.#madeFolders.slice(0, -1).reverse()) await rmdir(folder).catch(() => undefined);
    if (this.#branchCommit === undefined) return;
    await git.try(repository.root, ['update-ref', '-d', `refs/heads/${request.branch}`, this.#branchCommit], {
      trust: 'write',
    });
    if (!this.#hadSettings) await removeBranchSettings(git, repository, request.branch).catch(() => undefined);
  }

  async #removeFolder(): Promise<void> {
    const { folder } = this.request;
    const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };
    if (this.#madeFolders.at(-1) === folder) {
      await rm(folder, options);
      return;
    }
    // Only what was there before, and empty, was filled by this call.
    if (!this.#wasThere) return;
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) await rm(join(folder, name), options);
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** That it is there, made by somebody else; and, but for the last time, that what is above is gone. @throws denied */
function ignore(error: unknown, isLast: boolean): boolean {
  const code = errorCode(error) ?? 'unknown';
  if (code === 'EEXIST' || (code === 'ENOENT' && !isLast)) return false;
  throw new AppError('denied', `The worktree's folder cannot be made (${code}).`, { cause: error });
}
