import { copyFile, lstat, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from '../../../core/model';
import { temporaryFolder } from '../../exec/temporaryFolder';
import type { Git } from '../program/git';

/**
 * Gives a copy of a worktree's index, for what would write into it: the worktree's own and its lock are left as they are.
 *
 * @param use is given what git's environment has so that it takes the copy
 */
export async function withIndexCopy<T>(
  worktree: Pick<Worktree, 'gitDir'>,
  use: (env: { readonly GIT_INDEX_FILE: string }) => Promise<T>,
): Promise<T> {
  const folder = await temporaryFolder('index');
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    await copyIndex(join(worktree.gitDir, 'index'), env.GIT_INDEX_FILE);
    return await use(env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * With the original's time: git (documented as "racy git") reads again what was changed in the moment in which an index was written,
 * and takes a newer index's word for it.
 */
async function copyIndex(from: string, to: string): Promise<void> {
  let written: number;
  try {
    written = (await stat(from)).mtimeMs;
    await copyFile(from, to);
  } catch (error) {
    // A worktree that nothing was ever added in has none.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  const seconds = Math.floor(written / 1000);
  await utimes(to, seconds, seconds);
}

/**
 * Has the copy tell changes of files that status was told to pass over (`update-index --assume-unchanged`, `--skip-worktree`).
 * @returns those files, where they are there: in a sparse checkout most are not, and are no work
 */
export async function showHidden(
  git: Git,
  worktree: Worktree,
  env: { readonly GIT_INDEX_FILE: string },
  signal?: AbortSignal,
): Promise<string[]> {
  const listed = await git.run(worktree.path, ['ls-files', '-v', '-z'], { trust: 'check', signal, env });
  const flagged = listed
    .split('\0')
    .filter((entry) => /^[a-zS] /.test(entry))
    .map((entry) => entry.slice(2));
  const present: string[] = [];
  for (const path of flagged) {
    const isThere = await lstat(join(worktree.path, path)).then(
      () => true,
      () => false,
    );
    if (isThere) present.push(path);
  }
  if (present.length === 0) return [];
  const input = present.map((path) => `${path}\0`).join('');
  for (const option of ['--no-assume-unchanged', '--no-skip-worktree'])
    await git.run(worktree.path, ['update-index', option, '-z', '--stdin'], { trust: 'refresh', signal, env, input });
  return present;
}
