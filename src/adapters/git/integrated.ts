import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Repository, Worktree } from '../../core/model';
import { commitOfRef } from './branches';
import type { Git } from './git';

/**
 * The subjects of commits that would be lost with a worktree and its branch: those that no other branch, remote-tracking
 * branch or tag reaches, and that were not merged in another form (rebased, or squashed) into the default branch.
 */
export async function unpushedCommits(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  signal?: AbortSignal,
): Promise<string[]> {
  const options = { trust: 'check', signal } as const;
  // For --branches the pattern is a short name; a branch's name can hold no wildcard.
  const exclude = worktree.branch === undefined ? [] : [`--exclude=${worktree.branch}`];
  const range = [worktree.head, '--not', ...exclude, '--branches', '--remotes', '--tags'];
  const output = await git.run(repository.root, ['rev-list', '--format=tformat:%s', ...range], options);
  const subjects = output.split('\n').filter((_, index) => index % 2 === 1);
  if (subjects.length === 0) return [];
  for (const ref of [`refs/heads/${repository.defaultBranch}`, `refs/remotes/origin/${repository.defaultBranch}`]) {
    if (ref === `refs/heads/${worktree.branch}`) continue;
    const upstream = await commitOfRef(git, repository, ref, signal);
    if (upstream !== undefined && (await isIntegrated(git, repository, worktree.head, upstream, signal))) return [];
  }
  return subjects;
}

/** Whether a branch has all that a commit has, though not the commit: never in doubt. */
async function isIntegrated(
  git: Git,
  repository: Repository,
  head: string,
  upstream: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const options = { trust: 'check', signal } as const;
  const trees = await git.run(repository.root, ['rev-parse', `${head}^{tree}`, `${upstream}^{tree}`], options);
  const [headTree = '', upstreamTree] = trees.trim().split('\n');
  if (headTree === upstreamTree) return true;
  const mergeBase = (await git.try(repository.root, ['merge-base', upstream, head], options))?.trim();
  if (!mergeBase) return false;
  // A merge may hold changes of its own, which no patch shows: then only the whole is compared.
  const merges = await git.run(repository.root, ['rev-list', '--count', '--merges', `${mergeBase}..${head}`], options);
  if (merges.trim() === '0' && (await isCherryPicked(git, repository, upstream, head, signal))) return true;
  return isSquashed(git, repository, { headTree, mergeBase, upstream }, signal);
}

/** Whether the upstream has a commit with the same change for each one. */
async function isCherryPicked(
  git: Git,
  repository: Repository,
  upstream: string,
  head: string,
  signal?: AbortSignal,
  env?: Readonly<Record<string, string>>,
): Promise<boolean> {
  const output = await git.run(repository.root, ['cherry', upstream, head], {
    trust: 'check',
    signal,
    ...(env ? { env } : {}),
  });
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.length > 0 && lines.every((line) => line.startsWith('- '));
}

/**
 * Whether the upstream has one commit with the whole change: compares a commit that squashes all, which is written into
 * a temporary object store, not into the repository's.
 */
async function isSquashed(
  git: Git,
  repository: Repository,
  { headTree, mergeBase, upstream }: { headTree: string; mergeBase: string; upstream: string },
  signal?: AbortSignal,
): Promise<boolean> {
  const store = await mkdtemp(join(tmpdir(), 'coppice-objects-'));
  try {
    const person = { NAME: 'Coppice', EMAIL: 'coppice@localhost', DATE: '2000-01-01T00:00:00Z' };
    const env: Record<string, string> = {
      GIT_OBJECT_DIRECTORY: store,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: quotedPath(join(repository.commonDir, 'objects')),
    };
    for (const [key, value] of Object.entries(person)) {
      env[`GIT_AUTHOR_${key}`] = value;
      env[`GIT_COMMITTER_${key}`] = value;
    }
    const argv = ['commit-tree', headTree, '-p', mergeBase, '-m', 'squash'];
    const squash = (await git.run(repository.root, argv, { trust: 'check', signal, env })).trim();
    return await isCherryPicked(git, repository, upstream, squash, signal, env);
  } finally {
    await rm(store, { recursive: true, force: true });
  }
}

/** Git reads an entry in double quotes as a C string: else a colon (on Windows a semicolon) would end it. */
function quotedPath(path: string): string {
  return /[":;\n]/.test(path) && process.platform !== 'win32' ? JSON.stringify(path) : path;
}
