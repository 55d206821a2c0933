import type { DeletedWorktree, KeptWorktree } from '../../core/worktrees/deletedWorktree';
import { AppError, type Loss } from '../../core/errors';
import type { Event } from '../../core/event';
import type { LeftFolder, Repository, Worktree, WorktreeStatus } from '../../core/model';
import type {
  AddWorktree,
  Branch,
  FilesAt,
  KindAt,
  LeftClaim,
  RemoveOptions,
  SetAside,
  StartPoint,
  Worktrees,
} from '../../core/ports/worktrees';
import { addWorktree, checkFolder } from './worktrees/addWorktree';
import { AskedOnce } from './program/askedOnce';
import { bringBack, deletedIn } from './worktrees/bringBack';
import { deleteBranch, listBranches } from './history/branches';
import { CommitFiles } from './history/commitFiles';
import { fileAt } from './history/fileAt';
import { filesDigest } from './files/filesDigest';
import { finishWorktree, HookFailure } from './work/fillWorktree';
import { inFolderNext } from './locks/folderLock';
import { Git, gitFailed } from './program/git';
import { kindAt } from './history/kindAt';
import { lastChange, lastEdit } from './history/lastChange';
import { filesNamed, ignoredFolders } from './history/lookups';
import { canBeUndone, lossesOf } from './worktrees/losses';
import { recoverSpares } from './spares/recoverSpares';
import { recoverWorktrees } from './worktrees/recoverWorktrees';
import {
  discardWorktree,
  type IsMounted,
  keepWorktree,
  putWorktreeBack,
  restoreWorktree,
  setWorktreeAside,
} from './worktrees/removeWorktree';
import { repositoryOf } from './history/repositoryOf';
import { recordRepositoryId } from './history/repositoryRecord';
import { RepositoryWatch } from './watchRepository';
import { leftInTrash } from './trash/trash';
import { spareFolders } from './records/spareFolders';
import { startPoint } from './history/startPoint';
import { sweepDeleted } from './trash/sweepDeleted';
import { WorktreeList } from './worktrees/worktreeList';
import { WorktreeStatuses } from './work/worktreeStatus';

/**
 * Worktrees of git, through simple-git. What only reads runs neither hooks nor the file system monitor that the repository
 * names, and takes no locks; `add`, `deleteBranch` and `prune` run hooks as git does: they are the user's set-up.
 */
export class GitWorktrees implements Worktrees {
  readonly #git: Git;
  readonly #list: WorktreeList;
  readonly #files: CommitFiles;
  readonly #statuses: WorktreeStatuses;
  readonly #isMounted: IsMounted;
  readonly #repositories = new AskedOnce<Repository>();

  /** @param env what git inherits (PATH, HOME, …): `process.env`; variables of a hook that runs us are left out */
  constructor(env: Readonly<Record<string, string | undefined>>, isMounted: IsMounted = async () => false) {
    this.#isMounted = isMounted;
    this.#git = new Git(env);
    this.#list = new WorktreeList(this.#git);
    this.#files = new CommitFiles(this.#git);
    this.#statuses = new WorktreeStatuses(this.#git);
  }

  repository(folder: string, signal?: AbortSignal): Promise<Repository> {
    return this.#telling('The repository cannot be read', () =>
      this.#repositories.ask(
        folder,
        (shared) => repositoryOf(this.#git, folder, (inFolder, inSignal) => this.#list.raw(inFolder, inSignal), shared),
        signal,
      ),
    );
  }

  async recordRepository(repository: Repository): Promise<Repository> {
    const id = await recordRepositoryId(repository.commonDir, repository.root);
    this.#repositories.forget();
    return { ...repository, id };
  }

  list(repository: Repository, signal?: AbortSignal): Promise<Worktree[]> {
    return this.#telling('The worktrees cannot be listed', async () =>
      (await this.#list.list(repository, signal)).filter(({ spare }) => spare === undefined),
    );
  }

  status(worktree: Worktree, signal?: AbortSignal): Promise<WorktreeStatus> {
    return this.#telling(`No status of ${worktree.path}`, () => this.#statuses.one(worktree, signal));
  }

  lastChange(worktree: Worktree, signal?: AbortSignal): Promise<number> {
    return this.#telling(`When ${worktree.path} was changed cannot be told`, async () =>
      lastChange(worktree, await this.#statuses.changedPaths(worktree, signal), signal),
    );
  }

  lastEdit(worktree: Worktree, signal?: AbortSignal): Promise<number> {
    return this.#telling(`When ${worktree.path} was edited cannot be told`, async () =>
      lastEdit(worktree, await this.#statuses.changedPaths(worktree, signal), signal),
    );
  }

  prepareStatuses(repository: Repository): void {
    this.#statuses.prepare(repository.commonDir);
  }

  statuses(
    worktrees: readonly Worktree[],
    onStatus: (worktree: Worktree, result: WorktreeStatus | AppError) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.#telling('The statuses cannot be read', () => this.#statuses.all(worktrees, onStatus, signal));
  }

  branches(repository: Repository, signal?: AbortSignal): Promise<Branch[]> {
    return this.#telling('The branches cannot be listed', () => listBranches(this.#git, repository, signal));
  }

  startPoint(repository: Repository, base: string | undefined, signal?: AbortSignal): Promise<StartPoint> {
    return this.#telling(`${base ?? repository.defaultBranch} cannot be looked up`, () =>
      startPoint(this.#git, repository, base, signal),
    );
  }

  kindAt(repository: Repository, commit: string, path: string, signal?: AbortSignal): Promise<KindAt | undefined> {
    return this.#telling(`${path} cannot be read`, () => kindAt(this.#files, repository, commit, path, signal));
  }

  fileAt(repository: Repository, commit: string, path: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.#telling(`${path} cannot be read`, () =>
      fileAt(this.#git, this.#files, repository, commit, path, signal),
    );
  }

  filesDigest(repository: Repository, at: FilesAt, path: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.#telling(`The files of ${path} cannot be read`, () =>
      filesDigest(this.#git, repository, at, path, signal),
    );
  }

  filesNamed(repository: Repository, at: FilesAt, names: readonly string[], signal?: AbortSignal): Promise<string[]> {
    return this.#telling(`The files of ${'folder' in at ? at.folder : at.commit} cannot be listed`, () =>
      filesNamed(this.#git, this.#files, repository, at, names, signal),
    );
  }

  ignoredFolders({ path }: Worktree, folders: readonly string[], signal?: AbortSignal): Promise<string[]> {
    return this.#telling(`It cannot be told what is ignored in ${path}`, () =>
      ignoredFolders(this.#git, path, folders, signal),
    );
  }

  async add(repository: Repository, request: AddWorktree, signal?: AbortSignal): Promise<Worktree> {
    const worktree = await this.#telling(`The worktree ${request.folder} was not made`, () =>
      addWorktree(this.#git, this.#list, repository, request, signal),
    );
    this.#statuses.refreshOnce.schedule(worktree);
    return worktree;
  }

  finish(repository: Repository, worktree: Worktree, signal?: AbortSignal): Promise<Worktree> {
    return this.#telling(`The worktree ${worktree.path} was not completed`, async () => {
      if (worktree.beingMade !== undefined)
        await inFolderNext(repository, worktree.path, () => this.#finish(repository, worktree, signal), signal);
      this.#statuses.refreshOnce.schedule(worktree);
      return { ...worktree, beingMade: undefined };
    });
  }

  async #finish(repository: Repository, worktree: Worktree, signal?: AbortSignal): Promise<void> {
    // Whoever was at it before may have completed it.
    const now = (await this.#list.list(repository, signal)).find(({ path }) => path === worktree.path);
    if (!now) throw new AppError('conflict', `The worktree ${worktree.path} was removed just now.`);
    if (now.beingMade === undefined) return;
    try {
      await finishWorktree(this.#git, now, signal);
    } catch (error) {
      if (!(error instanceof HookFailure)) throw error;
      throw gitFailed(`The post-checkout hook failed in ${worktree.path}`, error.failure);
    }
  }

  async recover({ commonDir }: Repository): Promise<LeftClaim[]> {
    const left = await recoverSpares(this.#git, commonDir);
    await recoverWorktrees(commonDir);
    return left;
  }

  checkFolder(repository: Repository, folder: string, signal?: AbortSignal): Promise<void> {
    return this.#telling(`${folder} cannot be looked at`, async () =>
      checkFolder(await this.#list.list(repository, signal), folder),
    );
  }

  canBeUndone(repository: Repository, worktree: Worktree): Promise<boolean> {
    return canBeUndone(repository, worktree);
  }

  losses(repository: Repository, worktree: Worktree, signal?: AbortSignal, options?: RemoveOptions): Promise<Loss[]> {
    return this.#telling(`It cannot be told what ${worktree.path} holds`, () =>
      lossesOf(this.#git, repository, worktree, options, signal),
    );
  }

  async remove(
    repository: Repository,
    worktree: Worktree,
    accepted: readonly Loss['kind'][],
    signal?: AbortSignal,
    options?: RemoveOptions,
  ): Promise<void> {
    await this.discard(repository, await this.setAside(repository, worktree, accepted, signal, options));
  }

  setAside(
    repository: Repository,
    worktree: Worktree,
    accepted: readonly Loss['kind'][],
    signal?: AbortSignal,
    options?: RemoveOptions,
  ): Promise<SetAside> {
    return this.#telling(`The worktree ${worktree.path} was not removed`, () =>
      setWorktreeAside(this.#git, this.#list, repository, worktree, accepted, signal, options),
    );
  }

  putBack(repository: Repository, aside: SetAside): Promise<void> {
    return putWorktreeBack(this.#git, repository, aside);
  }

  discard(repository: Repository, aside: SetAside): Promise<string | undefined> {
    return this.#telling(`The worktree ${aside.worktree.path} was not removed`, () =>
      discardWorktree(this.#git, this.#list, repository, aside, this.#isMounted),
    );
  }

  keep(repository: Repository, aside: SetAside): Promise<KeptWorktree> {
    return this.#telling(`The worktree ${aside.worktree.path} was not removed`, () =>
      keepWorktree(this.#git, this.#list, repository, aside, this.#isMounted),
    );
  }

  deleted(repository: Repository): Promise<DeletedWorktree[]> {
    return deletedIn(repository);
  }

  bringBack(repository: Repository, { id }: Pick<DeletedWorktree, 'id'>): Promise<Worktree> {
    return this.#telling('The delete was not undone', () => bringBack(this.#git, this.#list, repository, id));
  }

  sweep(repository: Repository, keepMs: number): Promise<void> {
    return sweepDeleted(this.#git, repository, keepMs);
  }

  restore(repository: Repository, worktree: Worktree): Promise<void> {
    return restoreWorktree(this.#git, repository, worktree);
  }

  async leftAside(repository: Repository, worktrees: readonly Worktree[]): Promise<LeftFolder[]> {
    const left = await leftInTrash(repository, worktrees);
    // Those of spares are put back and removed by the next fill.
    const listed = left.length === 0 ? [] : await this.#list.list(repository).catch(() => []);
    const ofSpares = new Set(listed.flatMap(({ spare, setAside }) => (spare === undefined ? [] : (setAside ?? []))));
    return left.filter(({ folder }) => !ofSpares.has(folder));
  }

  spares(repository: Repository): Promise<string[]> {
    return spareFolders(repository.commonDir);
  }

  deleteBranch(repository: Repository, branch: string, expectedHead: string): Promise<void> {
    return this.#telling(`The branch ${branch} was not deleted`, async () =>
      deleteBranch(this.#git, repository, branch, expectedHead, await this.#list.list(repository)),
    );
  }

  prune(repository: Repository): Promise<void> {
    return this.#telling('The worktrees were not pruned', async () => {
      await this.#git.run(repository.root, ['worktree', 'prune', '--expire=now'], { trust: 'write' });
    });
  }

  watch(repository: Repository): { readonly onDidChange: Event<void>; dispose(): void } {
    return new RepositoryWatch(repository.commonDir);
  }

  async #telling<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw gitFailed(what, error);
    }
  }
}
