import { AppError, isAbort, isAppError, type Loss } from '../../../src/core/errors';
import { Emitter, type Event } from '../../../src/core/event';
import type { LeftFolder, Repository, Worktree, WorktreeStatus } from '../../../src/core/model';
import type {
  AddWorktree,
  Branch,
  FilesAt,
  RemoveOptions,
  SetAside,
  StartPoint,
  Worktrees,
} from '../../../src/core/ports/worktrees';
import { FakeBranches } from './fakeBranches';
import type { FakeFolder } from './fakeFolder';

/**
 * Worktrees in memory, for tests of what is built upon them; `worktreesContract` holds it to what git does. One repository
 * at `root`, with the commit "first" (file `readme`) on `main` and on `origin/main`.
 */
export class FakeWorktrees implements Worktrees {
  repositoryInfo: Repository;
  /** What recording finds out: another id, for a repository that was copied. */
  recordedId: string | undefined;
  /** Called with the git directory of a worktree whose registration goes, and all that is in it with it. */
  onUnregister: (gitDir: string) => void = () => undefined;
  /** Folders by path: worktrees and others. A worktree whose folder is lost stays in `#registered`. */
  readonly folders = new Map<string, FakeFolder>();
  /** Folders that were set aside, by where they are now. */
  readonly aside = new Map<string, { readonly path: string; readonly folder: FakeFolder }>();
  readonly #registered: { path: string; folder: FakeFolder }[] = [];
  readonly #branches = new FakeBranches();
  readonly #changed = new Emitter<void>();

  constructor(root = '/repo') {
    this.repositoryInfo = {
      id: '0123456789ab',
      name: root.split('/').at(-1) ?? 'repo',
      root,
      commonDir: `${root}/.git`,
      defaultBranch: 'main',
    };
    const first = this.#branches.makeCommit('first', undefined);
    this.#branches.set('main', { commit: first, upstream: undefined });
    this.#branches.set('origin/main', { commit: first, upstream: undefined });
    this.#register(root, `${root}/.git`, true, 'main');
  }

  /** Commits in a worktree, as a person would. @returns the commit's id */
  commit(worktree: Worktree, subject: string): string {
    const branch = this.#branches.at(worktree.branch ?? '');
    branch.commit = this.#branches.makeCommit(subject, branch.commit);
    this.#changed.fire();
    return branch.commit;
  }

  writeFile(worktree: Worktree, name: string): void {
    this.folders.get(worktree.path)?.files.add(name);
  }

  /** A local branch at `main`'s commit, checked out nowhere. */
  makeBranch(name: string): string {
    const { commit } = this.#branches.at('main');
    this.#branches.create(name, commit, undefined);
    return commit;
  }

  makeRemoteBranch(name: string): string {
    const { commit } = this.#branches.at('main');
    this.#branches.set(`origin/${name}`, { commit, upstream: undefined });
    return commit;
  }

  /** Removes a worktree's folder behind git's back. */
  loseFolder(worktree: Worktree): void {
    this.folders.delete(worktree.path);
  }

  lock(worktree: Worktree, reason: string): void {
    const registered = this.#registered.find(({ path }) => path === worktree.path)?.folder.worktree;
    if (registered) registered.locked = reason;
  }

  /** Makes a folder that is no worktree, with something in it. */
  occupy(path: string): void {
    this.folders.set(path, { files: new Set(['something']), worktree: undefined });
  }

  async repository(folder: string, signal?: AbortSignal): Promise<Repository> {
    await this.#begin(signal);
    const isInside = this.#registered.some(({ path }) => folder === path || folder.startsWith(`${path}/`));
    if (!isInside) throw new AppError('invalidInput', `${folder} is in no git repository.`);
    return this.repositoryInfo;
  }

  async recordRepository(repository: Repository): Promise<Repository> {
    this.repositoryInfo = { ...this.repositoryInfo, id: this.recordedId ?? repository.id };
    return Promise.resolve(this.repositoryInfo);
  }

  async list(_repository: Repository, signal?: AbortSignal): Promise<Worktree[]> {
    await this.#begin(signal);
    return this.#registered.map(({ path, folder }) => this.#worktree(path, folder));
  }

  async status(worktree: Worktree, signal?: AbortSignal): Promise<WorktreeStatus> {
    await this.#begin(signal);
    const folder = this.folders.get(worktree.path);
    if (!folder?.worktree) throw new AppError('notFound', `The folder ${worktree.path} does not exist.`);
    const branch = this.#branches.at(folder.worktree.branch);
    const upstream = branch.upstream === undefined ? undefined : this.#branches.at(branch.upstream);
    const [own, theirs] = [this.#branches.history(branch.commit), this.#branches.history(upstream?.commit)];
    return {
      changed: 0,
      untracked: folder.files.size,
      conflicts: 0,
      upstream: branch.upstream,
      ahead: upstream ? own.filter((id) => !theirs.includes(id)).length : 0,
      behind: upstream ? theirs.filter((id) => !own.includes(id)).length : 0,
      lastCommit: this.#branches.commits.get(branch.commit),
    };
  }

  prepareStatuses(): void {}

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
    await this.#begin(signal);
    return [...this.#branches].map(([name, { commit }]) => ({
      name,
      isRemote: name.startsWith('origin/'),
      commit,
      date: this.#branches.commits.get(commit)?.date ?? '',
      subject: this.#branches.commits.get(commit)?.subject ?? '',
      checkedOutAt: this.#registered.find(({ folder }) => folder.worktree?.branch === name)?.path,
    }));
  }

  async startPoint(repository: Repository, base: string | undefined, signal?: AbortSignal): Promise<StartPoint> {
    await this.#begin(signal);
    return this.#branches.startPoint(repository, base);
  }

  /** A commit that only the remote's branch has. @returns its id */
  commitRemotely(branch: string, subject: string): string {
    const found = this.#branches.at(`origin/${branch}`);
    found.commit = this.#branches.makeCommit(subject, found.commit);
    return found.commit;
  }

  /** What `fileAt` finds, by `commit:path` or, for every commit, by path. */
  readonly files = new Map([['readme', 'hello\n']]);

  async fileAt(_repository: Repository, commit: string, path: string): Promise<string | undefined> {
    return Promise.resolve(this.files.get(`${commit}:${path}`) ?? this.files.get(path));
  }

  /** Folders with files of their own, by `commit:path` or `folder:path`; any other has the same ones everywhere. */
  readonly digests = new Map<string, string>();

  async filesDigest(_repository: Repository, at: FilesAt, path: string): Promise<string | undefined> {
    const where = 'commit' in at ? at.commit : at.folder;
    return Promise.resolve(this.digests.get(`${where}:${path}`) ?? `files of ${path}`);
  }

  async checkFolder(_repository: Repository, folder: string, signal?: AbortSignal): Promise<void> {
    await this.#begin(signal);
    this.#verifyFolder(folder);
  }

  async add(repository: Repository, request: AddWorktree, signal?: AbortSignal): Promise<Worktree> {
    await this.#begin(signal);
    const { branch, folder } = request;
    if (!/^(?!-|HEAD$)(?!.*(?:\.\.|\.lock$|@\{))[^\s~^:?*[\\]+$/.test(branch)) {
      throw new AppError('invalidInput', `${JSON.stringify(branch)} is no branch name.`);
    }
    const start = this.#branches.start(repository, request);
    const holder = this.#registered.find((other) => other.folder.worktree?.branch === branch);
    if (holder) {
      throw new AppError('conflict', `The branch ${branch} is checked out in ${holder.path}.`, {
        remedy: { title: 'Open That Worktree', action: { kind: 'openWorktree', path: holder.path } },
      });
    }
    this.#verifyFolder(folder);
    if (start !== undefined)
      this.#branches.create(branch, start, request.kind === 'tracking' ? request.remoteBranch : undefined);
    const made = this.#register(
      folder,
      `${repository.commonDir}/worktrees/${folder.split('/').at(-1) ?? ''}`,
      false,
      branch,
    );
    if (request.making && made.worktree) {
      made.worktree.beingMade = request.making.id;
      try {
        await request.making.record(this.#worktree(folder, made));
        signal?.throwIfAborted();
      } catch (error) {
        // A process that died undoes nothing.
        if (isAppError(error) || isAbort(error)) {
          this.#unregister(folder);
          this.folders.delete(folder);
          if (start !== undefined) this.#branches.delete(branch);
        }
        throw error;
      }
      made.worktree.beingMade = undefined;
    }
    this.#changed.fire();
    return this.#worktree(folder, made);
  }

  async finish(_repository: Repository, worktree: Worktree, signal?: AbortSignal): Promise<Worktree> {
    await this.#begin(signal);
    const folder = this.#registered.find(({ path }) => path === worktree.path)?.folder;
    if (!folder?.worktree) throw new AppError('notFound', `There is no worktree at ${worktree.path}.`);
    folder.worktree.beingMade = undefined;
    return this.#worktree(worktree.path, folder);
  }

  async recover(): Promise<void> {
    await this.#begin(undefined);
  }

  #verifyFolder(folder: string): void {
    const isRegistered = this.#registered.some(({ path }) => path === folder);
    if (isRegistered || this.folders.has(folder))
      throw new AppError('conflict', `The folder ${folder} exists and is not empty.`);
  }

  async losses(
    _repository: Repository,
    worktree: Worktree,
    signal?: AbortSignal,
    { keepBranch = false }: RemoveOptions = {},
  ): Promise<Loss[]> {
    await this.#begin(signal);
    const registered = this.#registered.find(({ path }) => path === worktree.path);
    const own = registered?.folder.worktree;
    if (!own) return [];
    const kept = [...this.#branches]
      .filter(([name]) => keepBranch || name !== own.branch)
      .flatMap(([, { commit }]) => this.#branches.history(commit));
    const unpushed = this.#branches.history(this.#branches.at(own.branch).commit).filter((id) => !kept.includes(id));
    const found: [Loss['kind'], string[]][] = [
      ['untracked', [...(this.folders.get(worktree.path)?.files ?? [])]],
      ['unpushed', unpushed.map((id) => this.#branches.commits.get(id)?.subject ?? id)],
      ['locked', own.locked === undefined ? [] : [own.locked]],
    ];
    return found
      .filter(([, all]) => all.length > 0)
      .map(([kind, all]) => ({ kind, count: all.length, examples: all.slice(0, 3) }));
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

  async setAside(
    repository: Repository,
    worktree: Worktree,
    accepted: readonly Loss['kind'][],
    signal?: AbortSignal,
    options?: RemoveOptions,
  ): Promise<SetAside> {
    await this.#begin(signal);
    if (worktree.isMain) throw new AppError('invalidInput', 'The main worktree cannot be removed.');
    const found = await this.losses(repository, worktree, signal, options);
    const losses = found.filter(({ kind }) => !accepted.includes(kind));
    if (losses.length > 0) throw new AppError('conflict', `Removing ${worktree.path} would lose work.`, { losses });
    const folder = this.folders.get(worktree.path);
    if (!folder) return { worktree, folder: undefined };
    this.folders.delete(worktree.path);
    const aside = `${repository.commonDir}/coppice-trash/${worktree.gitDir.split('/').at(-1) ?? ''}`;
    this.aside.set(aside, { path: worktree.path, folder });
    return { worktree, folder: aside };
  }

  async putBack(_repository: Repository, { folder = '' }: SetAside): Promise<void> {
    await this.#begin(undefined);
    const found = this.aside.get(folder);
    if (!found) return;
    this.aside.delete(folder);
    this.folders.set(found.path, found.folder);
  }

  async discard(_repository: Repository, { worktree, folder = '' }: SetAside): Promise<string | undefined> {
    await this.#begin(undefined);
    this.#unregister(worktree.path);
    this.aside.delete(folder);
    this.#changed.fire();
    return undefined;
  }

  async restore(repository: Repository, worktree: Worktree): Promise<void> {
    const [folder] = [...this.aside].find(([, { path }]) => path === worktree.path) ?? [];
    await this.putBack(repository, { worktree, folder });
  }

  async leftAside(_repository: Repository, worktrees: readonly Worktree[]): Promise<LeftFolder[]> {
    const known = new Set(worktrees.map(({ setAside }) => setAside));
    return [...this.aside]
      .filter(([folder]) => !known.has(folder))
      .map(([folder, { path }]) => ({ folder, name: path.split('/').at(-1) ?? '' }));
  }

  async deleteBranch(_repository: Repository, branch: string, expectedHead: string): Promise<void> {
    await this.#begin(undefined);
    const current = this.#branches.get(branch);
    if (!current) return;
    const holder = this.#registered.find(({ folder }) => folder.worktree?.branch === branch);
    if (holder) throw new AppError('conflict', `The branch ${branch} is checked out in ${holder.path}.`);
    if (current.commit !== expectedHead)
      throw new AppError('conflict', `The branch ${branch} has new commits and was kept.`);
    this.#branches.delete(branch);
    this.#changed.fire();
  }

  async prune(): Promise<void> {
    await this.#begin(undefined);
    for (const { path } of [...this.#registered]) if (!this.folders.has(path)) this.#unregister(path);
    this.#changed.fire();
  }

  watch(): { readonly onDidChange: Event<void>; dispose(): void } {
    const own = new Emitter<void>();
    const subscription = this.#changed.event(() => own.fire());
    return { onDidChange: own.event, dispose: () => subscription.dispose() };
  }

  async #begin(signal: AbortSignal | undefined): Promise<void> {
    await Promise.resolve();
    signal?.throwIfAborted();
  }

  #register(path: string, gitDir: string, isMain: boolean, branch: string): FakeFolder {
    const folder: FakeFolder = { files: new Set(), worktree: { gitDir, isMain, branch, locked: undefined } };
    this.folders.set(path, folder);
    this.#registered.push({ path, folder });
    return folder;
  }

  #unregister(path: string): void {
    const index = this.#registered.findIndex((registered) => registered.path === path);
    const [gone] = index >= 0 ? this.#registered.splice(index, 1) : [];
    if (gone?.folder.worktree) this.onUnregister(gone.folder.worktree.gitDir);
  }

  #worktree(path: string, folder: FakeFolder): Worktree {
    const own = folder.worktree;
    if (!own) throw new Error(`${path} is no worktree`);
    return {
      path,
      gitDir: own.gitDir,
      isMain: own.isMain,
      branch: own.branch,
      head: this.#branches.at(own.branch).commit,
      locked: own.locked,
      prunable: this.folders.has(path) ? undefined : 'its folder is gone',
      ...this.#setAside(path),
      ...(own.beingMade === undefined ? {} : { beingMade: own.beingMade }),
    };
  }

  #setAside(path: string): Pick<Worktree, 'setAside'> {
    const [setAside] = [...this.aside].findLast(([, aside]) => aside.path === path) ?? [];
    return setAside === undefined || this.folders.has(path) ? {} : { setAside };
  }
}
