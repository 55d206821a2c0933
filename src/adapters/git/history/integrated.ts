import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MergeRule } from '../../../core/worktrees/branchState';
import type { Repository } from '../../../core/model';
import { isAway, isPartial, whileRemoteAnswers, withoutFetching, type Runner } from './fetchedObjects';
import { GitFailure, type Git } from '../program/git';

/** Whether a branch has all that a commit has: never in doubt. */
export async function isIntegrated(
  git: Git,
  repository: Repository,
  head: string,
  upstream: string,
  signal?: AbortSignal,
): Promise<boolean> {
  return (await integratedBy(git, repository, head, upstream, signal)) !== undefined;
}

/**
 * By what a branch has all that a commit has: it has the commit, or the same patches, the whole of them as one, or merging the commit
 * into it would add nothing. Commits that change nothing, one by one or all together, are nowhere else: whoever made them meant
 * something by them. What a partial clone lacks for that is fetched, unless its remote does not give it soon.
 *
 * @returns undefined: it has not, or that is in doubt
 */
export async function integratedBy(
  git: Git,
  repository: Repository,
  head: string,
  upstream: string,
  signal?: AbortSignal,
): Promise<MergeRule | undefined> {
  if (!(await isPartial(repository))) return ruleOf(git, repository, head, upstream, signal);
  const here = await ruleOf(withoutFetching(git), repository, head, upstream, signal).catch((error: unknown) => {
    if (error instanceof GitFailure) return undefined;
    throw error;
  });
  if (here !== undefined || isAway(repository)) return here;
  return whileRemoteAnswers(repository, (given) => ruleOf(git, repository, head, upstream, given), signal);
}

async function ruleOf(
  git: Runner,
  repository: Repository,
  head: string,
  upstream: string,
  signal?: AbortSignal,
): Promise<MergeRule | undefined> {
  if (head === upstream) return 'sameCommit';
  const options = { trust: 'check', signal } as const;
  const mergeBase = (await git.try(repository.root, ['merge-base', upstream, head], options))?.trim();
  if (!mergeBase) return undefined;
  if (mergeBase === head) return 'ancestor';
  // A merge may hold changes of its own, which no patch shows: then only the whole is compared.
  const merges = await git.run(repository.root, ['rev-list', '--count', '--merges', `${mergeBase}..${head}`], options);
  if (merges.trim() === '0' && (await isCherryPicked(git, repository, upstream, head, signal))) return 'samePatches';
  if (await hasEmptyCommit(git, repository, mergeBase, head, signal)) return undefined;
  const revisions = [head, mergeBase, upstream].map((commit) => `${commit}^{tree}`);
  const trees = await git.run(repository.root, ['rev-parse', ...revisions], options);
  const [headTree = '', baseTree, upstreamTree = ''] = trees.trim().split('\n');
  if (headTree === baseTree) return undefined;
  if (headTree === upstreamTree) return 'sameFiles';
  return withObjectStore(repository, async (env) => {
    if (await isSquashed(git, repository, { headTree, mergeBase, upstream }, env, signal)) return 'samePatches';
    if (await addsNothing(git, repository, { head, upstream, upstreamTree }, env, signal)) return 'addsNothing';
    return undefined;
  });
}

/** Whether the upstream has a commit with the same change for each one. */
async function isCherryPicked(
  git: Runner,
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

async function hasEmptyCommit(
  git: Runner,
  repository: Repository,
  mergeBase: string,
  head: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const options = { trust: 'check', signal } as const;
  const listed = await git.run(repository.root, ['rev-list', '--no-merges', `${mergeBase}..${head}`], options);
  // It prints the id of a commit before the files that differ, and nothing of one without any.
  const argv = ['diff-tree', '--stdin', '--root', '-r', '--name-only'];
  const output = await git.run(repository.root, argv, { ...options, input: listed });
  const changing = new Set(output.split('\n'));
  return listed.split('\n').some((id) => id !== '' && !changing.has(id));
}

/** Whether the upstream has one commit with the whole change: compares a commit that squashes all. */
async function isSquashed(
  git: Runner,
  repository: Repository,
  { headTree, mergeBase, upstream }: { headTree: string; mergeBase: string; upstream: string },
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<boolean> {
  const argv = ['commit-tree', headTree, '-p', mergeBase, '-m', 'squash'];
  const squash = (await git.run(repository.root, argv, { trust: 'check', signal, env })).trim();
  return isCherryPicked(git, repository, upstream, squash, signal, env);
}

/** Whether merging it would leave the upstream's files as they are. An older git (before 2.38) cannot tell. */
async function addsNothing(
  git: Runner,
  repository: Repository,
  { head, upstream, upstreamTree }: { head: string; upstream: string; upstreamTree: string },
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<boolean> {
  const argv = ['merge-tree', '--write-tree', upstream, head];
  const merged = await git.try(repository.root, argv, { trust: 'check', signal, env });
  return merged?.trim() === upstreamTree;
}

/** What is written to compare goes into a temporary object store, not into the repository's. */
export async function withObjectStore<T>(
  repository: Repository,
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
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
    return await work(env);
  } finally {
    await rm(store, { recursive: true, force: true });
  }
}

/** Git reads an entry in double quotes as a C string: else a colon (on Windows a semicolon) would end it. */
function quotedPath(path: string): string {
  return /[":;\n]/.test(path) && process.platform !== 'win32' ? JSON.stringify(path) : path;
}
