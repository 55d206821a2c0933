import { GitFailure, gitFailed, type Git } from '../program/git';

/** Those paths of a worktree that git ignores there, whether they exist or not. What is tracked is not ignored. */
export async function ignoredAmong(
  git: Git,
  folder: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  try {
    const input = paths.map((path) => `${path}\0`).join('');
    const said = await git.run(folder, ['check-ignore', '-z', '--stdin'], { trust: 'read', signal, input });
    return new Set(said.split('\0').filter((path) => path !== ''));
  } catch (error) {
    // git-check-ignore(1): 1 is none of them.
    if (error instanceof GitFailure && error.exitCode === 1) return new Set();
    throw gitFailed(`It cannot be told which files of ${folder} git ignores`, error);
  }
}
