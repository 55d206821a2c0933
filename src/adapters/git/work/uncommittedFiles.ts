import type { Worktree } from '../../../core/model';
import type { Git } from '../program/git';
import { showHidden, withIndexCopy } from './indexCopy';

/** All files of a worktree's folder that git does not ignore, committed or not. */
export interface FolderFiles {
  /** A tree of them in the repository's objects. */
  readonly tree: string;
  /** Repositories inside of it, whose files are not in the tree. */
  readonly leftOut: readonly string[];
}

/**
 * Reads through a copy of the index: the worktree's own, its lock and its files are left as they are. What is staged and what is not
 * are the same to it.
 */
export async function filesOfFolder(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<FolderFiles> {
  return withIndexCopy(worktree, async (env) => {
    const run = (argv: readonly string[], paths?: readonly string[]): Promise<string> => {
      const input = paths?.map((path) => `${path}\0`).join('');
      return git.run(worktree.path, argv, { trust: 'refresh', env, signal, ...(input === undefined ? {} : { input }) });
    };
    const pathsOf = async (argv: readonly string[]): Promise<string[]> =>
      (await run(argv)).split('\0').filter((path) => path !== '');
    await showHidden(git, worktree, env, signal);
    const diff = ['diff-files', '--name-only', '--ignore-submodules=all', '-z'];
    // First, because what is there now may be in the place of a folder of them. A path in a conflict is told for each of its sides.
    const gone = await pathsOf([...diff, '--diff-filter=D']);
    const changed = await pathsOf([...diff, '--diff-filter=d']);
    const untracked = await pathsOf(['ls-files', '--others', '--exclude-standard', '-z']);
    const isRepository = (path: string): boolean => path.endsWith('/');
    const there = [...new Set([...changed, ...untracked.filter((path) => !isRepository(path))])];
    if (gone.length > 0) await run(['update-index', '--force-remove', '-z', '--stdin'], gone);
    if (there.length > 0) await run(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], there);
    return { tree: (await run(['write-tree'])).trim(), leftOut: untracked.filter(isRepository) };
  });
}

/** Makes a folder's files those of a tree; the index stays at its commit, so that what differs is not committed. */
export async function writeFilesOf(
  git: Git,
  worktree: Worktree,
  tree: string,
  making: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const options = { trust: 'write', signal } as const;
  // Without a difference there is no path that git could be asked for.
  if ((await git.run(worktree.path, ['diff-tree', '-r', '--name-only', '-z', 'HEAD', tree], options)) === '') return;
  await git.run(
    worktree.path,
    [...making, 'restore', `--source=${tree}`, '--worktree', '--no-overlay', '--no-recurse-submodules', '--', '.'],
    options,
  );
}
