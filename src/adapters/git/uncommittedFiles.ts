import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from '../../core/model';
import { temporaryFolder } from '../exec/temporaryFolder';
import type { Git } from './git';

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
  const folder = await temporaryFolder('index');
  try {
    const index = join(folder, 'index');
    // A worktree that nothing was ever added in has none.
    await copyFile(join(worktree.gitDir, 'index'), index).catch(unlessMissing);
    const run = (argv: readonly string[], input?: string): Promise<string> =>
      git.run(worktree.path, argv, {
        trust: 'write',
        env: { GIT_INDEX_FILE: index },
        signal,
        ...(input === undefined ? {} : { input }),
      });
    const changed = await run(['diff-files', '--name-only', '--ignore-submodules=all', '-z']);
    const others = await run(['ls-files', '--others', '--exclude-standard', '-z']);
    const isRepository = (path: string): boolean => path.endsWith('/');
    const untracked = others.split('\0').filter((path) => path !== '');
    const files = [
      ...changed.split('\0').filter((path) => path !== ''),
      ...untracked.filter((path) => !isRepository(path)),
    ];
    // A path in a conflict is told once for each of its sides.
    const input = [...new Set(files)].map((path) => `${path}\0`).join('');
    if (input !== '') await run(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], input);
    return { tree: (await run(['write-tree'])).trim(), leftOut: untracked.filter(isRepository) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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

function unlessMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
