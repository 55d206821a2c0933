import { AppError, isAbort, isAppError, type Loss } from '../../../src/core/errors';
import { Emitter, type Event } from '../../../src/core/event';
import type { Repository, Worktree, WorktreeStatus } from '../../../src/core/model';
import type {
  AddWorktree,
  Branch,
  LeftClaim,
  RemoveOptions,
  StartPoint,
  Worktrees,
} from '../../../src/core/ports/worktrees';
import type { FakeFolder } from './fakeFolder';
import { FakeRemovals } from './fakeRemovals';

/**
 * Worktrees in memory, for tests of what is built upon them; `worktreesContract` holds it to what git does. One repository
 * at `root`, with the commit "first" (file `readme`) on `main` and on `origin/main`.
 */
export class FakeWorktrees extends FakeRemovals implements Worktrees {
  /** Whether worktrees are where they can be moved into the trash from. */
  isUndoable = true;
  /** What recording finds out: another id, for a repository that was copied. */
  recordedId: string | undefined;
  /** Claims of spares that cannot be taken back now. */
  leftClaims: readonly LeftClaim[] = [];
  /** When somebody last changed something, by the worktree's path. */
  readonly changedAt = new Map<string, number>();

  constructor(root = '/repo') {
    super({
      id: '0123456789ab',
      name: root.split('/').at(-1) ?? 'repo',
      root,
      commonDir: `${root}/.git`,
      defaultBranch: 'main',
    });
    const first = this.known.makeCommit('first', undefined);
    this.known.set('main', { commit: first, upstream: undefined });
    this.known.set('origin/main', { commit: first, upstream: undefined });
    this.#register(root, `${root}/.git`, true, 'main');
  }

  /** Commits in a worktree, as a person would. @returns the commit's id */
  commit(worktree: Worktree, subject: string): string {
    const branch = this.known.at(worktree.branch ?? '');
    branch.commit = this.known.makeCommit(subject, branch.commit);
    this.changed.fire();
    return branch.commit;
  }

  writeFile(worktree: Worktree, name: string): void {
    this.folders.get(worktree.path)?.files.add(name);
  }

  /** A local branch at `main`'s commit, checked out nowhere. */
  makeBranch(name: string): string {
    const { commit } = this.known.at('main');
    this.known.create(name, commit, undefined);
    return commit;
  }

  makeRemoteBranch(name: string): string {
    const { commit } = this.known.at('main');
    this.known.set(`origin/${name}`, { commit, upstream: undefined });
    return commit;
  }

  /** Removes a worktree's folder behind git's back. */
  loseFolder(worktree: Worktree): void {
    this.folders.delete(worktree.path);
  }

  lock(worktree: Worktree, reason: string): void {
    const registered = this.registered.find(({ path }) => path === worktree.path)?.folder.worktree;
    if (registered) registered.locked = reason;
  }

  /** Makes a folder that is no worktree, with something in it. */
  occupy(path: string): void {
    this.folders.set(path, { files: new Set(['something']), worktree: undefined });
  }

  async repository(folder: string, signal?: AbortSignal): Promise<Repository> {
    await this.begin(signal);
    const isInside = this.registered.some(({ path }) => folder === path || folder.startsWith(`${path}/`));
    if (!isInside) throw new AppError('invalidInput', `${folder} is in no git repository.`);
    return this.repositoryInfo;
  }

  async recordRepository(repository: Repository): Promise<Repository> {
    this.repositoryInfo = { ...this.repositoryInfo, id: this.recordedId ?? repository.id };
    return Promise.resolve(this.repositoryInfo);
  }

  async list(_repository: Repository, signal?: AbortSignal): Promise<Worktree[]> {
    await this.begin(signal);
    return this.registered.map(({ path, folder }) => this.worktreeAt(path, folder));
  }

  async status(worktree: Worktree, signal?: AbortSignal): Promise<WorktreeStatus> {
    await this.begin(signal);
    const folder = this.folders.get(worktree.path);
    if (!folder?.worktree) throw new AppError('notFound', `The folder ${worktree.path} does not exist.`);
    const branch = this.known.at(folder.worktree.branch);
    const upstream = branch.upstream === undefined ? undefined : this.known.at(branch.upstream);
    const [own, theirs] = [this.known.history(branch.commit), this.known.history(upstream?.commit)];
    return {
      changed: 0,
      untracked: folder.files.size,
      conflicts: 0,
      upstream: branch.upstream,
      ahead: upstream ? own.filter((id) => !theirs.includes(id)).length : 0,
      behind: upstream ? theirs.filter((id) => !own.includes(id)).length : 0,
      lastCommit: this.known.commits.get(branch.commit),
    };
  }

  prepareStatuses(): void {}

  async lastChange(worktree: Worktree, signal?: AbortSignal): Promise<number> {
    await this.begin(signal);
    return this.changedAt.get(worktree.path) ?? 0;
  }

  async lastEdit(worktree: Worktree, signal?: AbortSignal): Promise<number> {
    return this.lastChange(worktree, signal);
  }

  async statuses(
    worktrees: readonly Worktree[],
    onStatus: (worktree: Worktree, result: WorktreeStatus | AppError) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const worktree of worktrees) {
      try {
        onStatus(worktree, await this.status(worktree, signal));
      } catch (error) {
        if (!isAppError(error)) throw error;
        onStatus(worktree, error);
      }
    }
  }

  async branches(_repository: Repository, signal?: AbortSignal): Promise<Branch[]> {
    await this.begin(signal);
    return [...this.known].map(([name, { commit }]) => ({
      name,
      isRemote: name.startsWith('origin/'),
      commit,
      date: this.known.commits.get(commit)?.date ?? '',
      subject: this.known.commits.get(commit)?.subject ?? '',
      checkedOutAt: this.registered.find(({ folder }) => folder.worktree?.branch === name)?.path,
    }));
  }

  async startPoint(repository: Repository, base: string | undefined, signal?: AbortSignal): Promise<StartPoint> {
    await this.begin(signal);
    return this.known.startPoint(repository, base);
  }

  /** A commit that only the remote's branch has. @returns its id */
  commitRemotely(branch: string, subject: string): string {
    const found = this.known.at(`origin/${branch}`);
    found.commit = this.known.makeCommit(subject, found.commit);
    return found.commit;
  }

  async checkFolder(_repository: Repository, folder: string, signal?: AbortSignal): Promise<void> {
    await this.begin(signal);
    this.#verifyFolder(folder);
  }

  async add(repository: Repository, request: AddWorktree, signal?: AbortSignal): Promise<Worktree> {
    await this.begin(signal);
    const { branch, folder } = request;
    if (!/^(?!-|HEAD$)(?!.*(?:\.\.|\.lock$|@\{))[^\s~^:?*[\\]+$/.test(branch)) {
      throw new AppError('invalidInput', `${JSON.stringify(branch)} is no branch name.`);
    }
    const start = this.known.start(repository, request);
    const holder = this.registered.find((other) => other.folder.worktree?.branch === branch);
    if (holder) {
      throw new AppError('conflict', `The branch ${branch} is checked out in ${holder.path}.`, {
        remedy: { title: 'Open That Worktree', action: { kind: 'openWorktree', path: holder.path } },
      });
    }
    this.#verifyFolder(folder);
    if (start !== undefined)
      this.known.create(branch, start, request.kind === 'tracking' ? request.remoteBranch : undefined);
    const made = this.#register(
      folder,
      `${repository.commonDir}/worktrees/${folder.split('/').at(-1) ?? ''}`,
      false,
      branch,
    );
    if (request.kind === 'new' && request.filesOf) {
      for (const name of this.folders.get(request.filesOf.worktree.path)?.files ?? []) made.files.add(name);
      request.filesOf.leave([]);
    }
    if (request.making && made.worktree) {
      made.worktree.beingMade = request.making.id;
      try {
        await request.making.record(this.worktreeAt(folder, made));
        signal?.throwIfAborted();
      } catch (error) {
        // A process that died undoes nothing.
        if (isAppError(error) || isAbort(error)) {
          this.unregister(folder);
          this.folders.delete(folder);
          if (start !== undefined) this.known.delete(branch);
        }
        throw error;
      }
      made.worktree.beingMade = undefined;
    }
    this.changed.fire();
    return this.worktreeAt(folder, made);
  }

  async finish(_repository: Repository, worktree: Worktree, signal?: AbortSignal): Promise<Worktree> {
    await this.begin(signal);
    const folder = this.registered.find(({ path }) => path === worktree.path)?.folder;
    if (!folder?.worktree) throw new AppError('notFound', `There is no worktree at ${worktree.path}.`);
    folder.worktree.beingMade = undefined;
    return this.worktreeAt(worktree.path, folder);
  }

  async recover(): Promise<readonly LeftClaim[]> {
    await this.begin(undefined);
    return this.leftClaims;
  }

  #verifyFolder(folder: string): void {
    const isRegistered = this.registered.some(({ path }) => path === folder);
    if (isRegistered || this.folders.has(folder))
      throw new AppError('conflict', `The folder ${folder} exists and is not empty.`);
  }

  async canBeUndone(): Promise<boolean> {
    return this.isUndoable;
  }

  async losses(
    _repository: Repository,
    worktree: Worktree,
    signal?: AbortSignal,
    { keepBranch = false }: RemoveOptions = {},
  ): Promise<Loss[]> {
    await this.begin(signal);
    const registered = this.registered.find(({ path }) => path === worktree.path);
    const own = registered?.folder.worktree;
    if (!own) return [];
    const kept = [...this.known]
      .filter(([name]) => keepBranch || name !== own.branch)
      .flatMap(([, { commit }]) => this.known.history(commit));
    const unpushed = this.known.history(this.known.at(own.branch).commit).filter((id) => !kept.includes(id));
    const found: [Loss['kind'], string[]][] = [
      ['untracked', [...(this.folders.get(worktree.path)?.files ?? [])]],
      ['unpushed', unpushed.map((id) => this.known.commits.get(id)?.subject ?? id)],
      ['locked', own.locked === undefined ? [] : [own.locked]],
    ];
    return found
      .filter(([, all]) => all.length > 0)
      .map(([kind, all]) => ({ kind, count: all.length, examples: all.slice(0, 3) }));
  }

  async deleteBranch(_repository: Repository, branch: string, expectedHead: string): Promise<void> {
    await this.begin(undefined);
    const current = this.known.get(branch);
    if (!current) return;
    const holder = this.registered.find(({ folder }) => folder.worktree?.branch === branch);
    if (holder) throw new AppError('conflict', `The branch ${branch} is checked out in ${holder.path}.`);
    if (current.commit !== expectedHead)
      throw new AppError('conflict', `The branch ${branch} has new commits and was kept.`);
    this.known.delete(branch);
    this.changed.fire();
  }

  async prune(): Promise<void> {
    await this.begin(undefined);
    for (const { path } of [...this.registered]) if (!this.folders.has(path)) this.unregister(path);
    this.changed.fire();
  }

  watch(): { readonly onDidChange: Event<void>; dispose(): void } {
    const own = new Emitter<void>();
    const subscription = this.changed.event(() => own.fire());
    return { onDidChange: own.event, dispose: () => subscription.dispose() };
  }

  #register(path: string, gitDir: string, isMain: boolean, branch: string): FakeFolder {
    const folder: FakeFolder = { files: new Set(), worktree: { gitDir, isMain, branch, locked: undefined } };
    this.folders.set(path, folder);
    this.registered.push({ path, folder });
    return folder;
  }
}
