import type { Repository, Worktree } from '../../../src/core/model';
import type { FilesAt, KindAt } from '../../../src/core/ports/worktrees';

/** The files of a repository in memory: the same in each commit and worktree, unless it is said otherwise. */
export class FakeFiles {
  /** What `fileAt` finds, by `commit:path` or, for every commit, by path. */
  readonly files = new Map([['readme', 'hello\n']]);

  async fileAt(_repository: Repository, commit: string, path: string): Promise<string | undefined> {
    return Promise.resolve(this.files.get(`${commit}:${path}`) ?? this.files.get(path));
  }

  async kindAt(_repository: Repository, commit: string, path: string): Promise<KindAt | undefined> {
    const has = (test: (name: string) => boolean): boolean =>
      [...this.files.keys()].some(
        (name) => test(name) || (name.startsWith(`${commit}:`) && test(name.slice(commit.length + 1))),
      );
    if (path === '.' || has((name) => name.startsWith(`${path}/`))) return Promise.resolve('folder');
    return Promise.resolve(has((name) => name === path) ? 'file' : undefined);
  }

  /** Folders with files of their own, by `commit:path` or `folder:path`; any other has the same ones everywhere. */
  readonly digests = new Map<string, string>();

  async filesDigest(_repository: Repository, at: FilesAt, path: string): Promise<string | undefined> {
    const where = 'commit' in at ? at.commit : at.folder;
    return Promise.resolve(this.digests.get(`${where}:${path}`) ?? `files of ${path}`);
  }

  readonly filesNamed = async (_: Repository, _at: FilesAt, names: readonly string[]): Promise<string[]> =>
    [...this.files.keys()].filter((path) => names.includes(path.split('/').at(-1) ?? ''));
  readonly ignoredFolders = async (_: Worktree, folders: readonly string[]): Promise<string[]> => [...folders];
}
