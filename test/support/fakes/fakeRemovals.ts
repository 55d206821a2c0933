import type { DeletedWorktree, KeptWorktree } from '../../../src/core/worktrees/deletedWorktree';
import { AppError, type Loss } from '../../../src/core/errors';
import { Emitter } from '../../../src/core/event';
import type { LeftFolder, Repository, Worktree } from '../../../src/core/model';
import type { RemoveOptions, SetAside } from '../../../src/core/ports/worktrees';
import { FakeBranches } from './fakeBranches';
import { FakeFiles } from './fakeFiles';
import type { FakeFolder } from './fakeFolder';

/** How worktrees in memory go, and come back. */
export abstract class FakeRemovals extends FakeFiles {
  /** Called with the git directory of a worktree whose registration goes, and all that is in it with it. */
  onUnregister: (gitDir: string) => void = () => undefined;
  /** Folders by path: worktrees and others. A worktree whose folder is lost stays in `registered`. */
  readonly folders = new Map<string, FakeFolder>();
  /** Folders that were set aside, by where they are now. */
  readonly aside = new Map<string, { readonly path: string; readonly folder: FakeFolder }>();
  protected readonly registered: { path: string; folder: FakeFolder }[] = [];
  /** Called where all that is in a git directory moves to another place. */
  onMove: (from: string, to: string) => void = () => undefined;
  protected readonly known = new FakeBranches();
  protected readonly changed = new Emitter<void>();
  /** What was kept of deleted worktrees, by its id. */
  readonly #kept = new Map<string, Kept>();
  #drawn = 0;

  constructor(public repositoryInfo: Repository) {
    super();
  }

  abstract losses(
    repository: Repository,
    worktree: Worktree,
    signal?: AbortSignal,
    options?: RemoveOptions,
  ): Promise<Loss[]>;

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
    await this.begin(signal);
    if (worktree.isMain) throw new AppError('invalidInput', 'The main worktree cannot be removed.');
    const found = await this.losses(repository, worktree, signal, options);
    const losses = found.filter(({ kind }) => !accepted.includes(kind));
    if (losses.length > 0) throw new AppError('conflict', `Removing ${worktree.path} would lose work.`, { losses });
    const folder = this.folders.get(worktree.path);
    const entry = options?.keep === 'all' ? { entry: worktree.path } : {};
    if (!folder) return { worktree, folder: undefined, ...entry };
    this.folders.delete(worktree.path);
    const aside = `${repository.commonDir}/coppice-trash/${worktree.gitDir.split('/').at(-1) ?? ''}`;
    this.aside.set(aside, { path: worktree.path, folder });
    return { worktree, folder: aside, ...entry };
  }

  async putBack(_repository: Repository, { folder = '' }: SetAside): Promise<void> {
    await this.begin(undefined);
    const found = this.aside.get(folder);
    if (!found) return;
    this.aside.delete(folder);
    this.folders.set(found.path, found.folder);
  }

  async discard(_repository: Repository, { worktree, folder = '' }: SetAside): Promise<string | undefined> {
    await this.begin(undefined);
    this.unregister(worktree.path);
    this.aside.delete(folder);
    this.changed.fire();
    return undefined;
  }

  async restore(repository: Repository, worktree: Worktree): Promise<void> {
    const [folder] = [...this.aside].find(([, { path }]) => path === worktree.path) ?? [];
    await this.putBack(repository, { worktree, folder });
  }

  async spares(): Promise<string[]> {
    return [];
  }

  async leftAside(_repository: Repository, worktrees: readonly Worktree[]): Promise<LeftFolder[]> {
    const known = new Set(worktrees.map(({ setAside }) => setAside));
    return [...this.aside]
      .filter(([folder]) => !known.has(folder))
      .map(([folder, { path }]) => ({ folder, name: path.split('/').at(-1) ?? '' }));
  }

  async keep(repository: Repository, aside: SetAside): Promise<KeptWorktree> {
    const { worktree, entry, folder = '' } = aside;
    const found = this.registered.find(({ path }) => path === worktree.path);
    const own = found?.folder.worktree;
    if (entry === undefined || !own) {
      await this.discard(repository, aside);
      return { id: undefined, recovery: [] };
    }
    await this.begin(undefined);
    const { path, head } = worktree;
    const id = `kept-${++this.#drawn}`;
    const gitDir = `${repository.commonDir}/coppice-trash/${id}`;
    const deleted = { ...{ id, path, branch: own.branch, head, gitDir }, deletedAt: this.#drawn, recovery: [] };
    const { upstream } = this.known.at(own.branch);
    this.#kept.set(id, { deleted, upstream, own: found.folder, folder: this.aside.get(folder)?.folder });
    this.aside.delete(folder);
    this.registered.splice(this.registered.indexOf(found), 1);
    this.onMove(own.gitDir, gitDir);
    this.changed.fire();
    return { id, recovery: [] };
  }

  async deleted(): Promise<DeletedWorktree[]> {
    await this.begin(undefined);
    return [...this.#kept.values()].map(({ deleted }) => deleted).reverse();
  }

  async bringBack(_repository: Repository, { id }: Pick<DeletedWorktree, 'id'>): Promise<Worktree> {
    await this.begin(undefined);
    const kept = this.#kept.get(id);
    if (!kept) throw new AppError('notFound', 'It is not in the trash any more.');
    const { path, branch, head, gitDir } = kept.deleted;
    if (this.folders.has(path) || this.registered.some((each) => each.path === path))
      throw new AppError('conflict', `Something else is at ${path} now.`);
    const now = this.known.get(branch);
    const holder = this.registered.find(({ folder }) => folder.worktree?.branch === branch);
    if (holder) throw new AppError('conflict', `The branch ${branch} is checked out in ${holder.path}.`);
    if (now && now.commit !== head) throw new AppError('conflict', `The branch ${branch} is elsewhere by now.`);
    if (!now) this.known.set(branch, { commit: head, upstream: kept.upstream });
    if (kept.folder) this.folders.set(path, kept.folder);
    this.registered.push({ path, folder: kept.own });
    this.#kept.delete(id);
    if (kept.own.worktree) this.onMove(gitDir, kept.own.worktree.gitDir);
    this.changed.fire();
    return this.worktreeAt(path, kept.own);
  }

  /** It goes for good, with all that git knew of it. false: it is not there. */
  giveUp(id: string): boolean {
    const kept = this.#kept.get(id);
    if (!kept) return false;
    this.#kept.delete(id);
    this.onUnregister(kept.deleted.gitDir);
    return true;
  }

  async sweep(): Promise<void> {
    await this.begin(undefined);
  }

  protected async begin(signal: AbortSignal | undefined): Promise<void> {
    await Promise.resolve();
    signal?.throwIfAborted();
  }

  protected unregister(path: string): void {
    const index = this.registered.findIndex((registered) => registered.path === path);
    const [gone] = index >= 0 ? this.registered.splice(index, 1) : [];
    if (gone?.folder.worktree) this.onUnregister(gone.folder.worktree.gitDir);
  }

  protected worktreeAt(path: string, folder: FakeFolder): Worktree {
    const own = folder.worktree;
    if (!own) throw new Error(`${path} is no worktree`);
    return {
      path,
      gitDir: own.gitDir,
      isMain: own.isMain,
      branch: own.branch,
      head: this.known.at(own.branch).commit,
      locked: own.locked,
      prunable: this.folders.has(path) ? undefined : 'its folder is gone',
      ...this.asideOf(path),
      ...(own.beingMade === undefined ? {} : { beingMade: own.beingMade }),
    };
  }

  protected asideOf(path: string): Pick<Worktree, 'setAside'> {
    const [setAside] = [...this.aside].findLast(([, aside]) => aside.path === path) ?? [];
    return setAside === undefined || this.folders.has(path) ? {} : { setAside };
  }
}

interface Kept {
  readonly deleted: DeletedWorktree & { readonly branch: string };
  readonly upstream: string | undefined;
  /** As git knows it. */
  readonly own: FakeFolder;
  readonly folder: FakeFolder | undefined;
}
