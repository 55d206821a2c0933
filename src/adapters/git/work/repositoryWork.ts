import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isAppError } from '../../../core/errors';
import { GitFailure, type Git } from '../program/git';
import type { ConfigEntry } from '../program/gitEnvironment';
import { leftHeads } from '../history/leftHeads';
import { refsOfLiveRemotes } from '../history/liveRemotes';
import { subjectsById } from '../history/lostCommits';
import { autostashedFiles, operationsIn } from './operations';
import { parseStatus, type ParsedStatus } from '../program/parseStatus';
import { leadsTo } from '../files/leadsTo';
import { liesWithin, platformPath } from '../files/paths';
import { isRebuildable } from '../files/rebuildable';
import { repositoryFilters } from '../program/repositoryFilters';

/** `--untracked-files=all`: a file in a new folder is as much work as one beside old files. */
export const statusArguments = [
  'status',
  '--porcelain=v2',
  '-z',
  '--untracked-files=all',
  '--ignored=matching',
  '--ignore-submodules=none',
];

/**
 * Settings by which git believes less of a file than it could see (a change that has left size and time as they were), and untracked files that
 * it remembers.
 */
export const asSeen: readonly ConfigEntry[] = [
  ['core.checkStat', 'default'],
  ['core.trustctime', 'true'],
  ['core.untrackedCache', 'false'],
];

/** What is in a repository that nobody else has: subjects of commits, and of stashes. */
export interface OwnCommits {
  readonly commits: readonly string[];
  readonly stashes: readonly string[];
}

/**
 * Of a repository whose git directory goes: all that no remote has which is still there. What remote-tracking branches do not reach,
 * tags may have brought along.
 *
 * @param going the folder that goes: a remote in it goes as well
 * @throws GitFailure when git cannot read it
 */
export async function ownCommits(git: Git, gitDir: string, going: string, signal?: AbortSignal): Promise<OwnCommits> {
  const options = { trust: 'read', signal, env: { GIT_DIR: gitDir } } as const;
  const refs = await refsOfLiveRemotes(git, gitDir, going, options);
  const tracked =
    refs.length === 0 ? '' : await git.run(gitDir, ['for-each-ref', '--format=^%(objectname)', '--', ...refs], options);
  const argv = ['rev-list', '--ignore-missing', '--format=tformat:%H %s', '--exclude=refs/stash', '--all', '--stdin'];
  // An empty line would be its end.
  const input = (await leftHeads(git, { gitDir }, signal)).map((id) => `${id}\n`).join('') + tracked;
  const known = tracked === '' ? [] : ['--not', '--tags'];
  const commits = subjectsById(await git.run(gitDir, [...argv, ...known], { ...options, input }));
  const stashes = await git.try(gitDir, ['log', '--walk-reflogs', '--format=%gs', 'refs/stash', '--'], options);
  return { commits: [...commits.values()], stashes: (stashes ?? '').split('\n').filter((line) => line !== '') };
}

/** Of a linked worktree: its repository stays, and with it all that a branch has. */
export async function ownHeads(git: Git, gitDir: string, signal?: AbortSignal): Promise<OwnCommits> {
  const left = await leftHeads(git, { gitDir }, signal);
  const head = (
    await git.try(gitDir, ['rev-parse', '--verify', '--quiet', 'HEAD'], {
      trust: 'read',
      signal,
      env: { GIT_DIR: gitDir },
    })
  )?.trim();
  const tips = head ? [head, ...left] : left;
  if (tips.length === 0) return { commits: [], stashes: [] };
  const argv = ['rev-list', '--ignore-missing', '--format=tformat:%H %s', ...tips];
  const output = await git.run(gitDir, [...argv, '--not', '--branches', '--remotes', '--tags'], {
    trust: 'read',
    signal,
    env: { GIT_DIR: gitDir },
  });
  return { commits: [...subjectsById(output).values()], stashes: [] };
}

/** The status of a repository within; nothing that its configuration names is run. @throws GitFailure */
export async function innerStatus(
  git: Git,
  folder: string,
  gitDir: string,
  signal?: AbortSignal,
): Promise<ParsedStatus> {
  const { config } = await repositoryFilters(git, gitDir, signal);
  const env = { GIT_CEILING_DIRECTORIES: dirname(folder) };
  const options = { trust: 'read', signal, env, config: [...config, ...asSeen] } as const;
  return parseStatus(await git.run(folder, statusArguments, options));
}

/** Folders of linked worktrees of a repository that goes, where they stay: they would be worktrees of nothing. */
export async function worktreesElsewhere(gitDir: string, going: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(join(gitDir, 'worktrees')).catch(() => [])) {
    const registration = join(gitDir, 'worktrees', name);
    const text = await readFile(join(registration, 'gitdir'), 'utf8').catch(() => '');
    const file = platformPath(text.replace(/\r?\n$/, ''));
    if (file === '') continue;
    const path = dirname(resolve(registration, file));
    if (!(await liesWithin(path, going)) && (await leadsTo(path, registration))) found.push(path);
  }
  return found;
}

interface WithinFolder {
  /** undefined: it has no files of its own. */
  readonly folder: string | undefined;
  readonly gitDir: string;
  /** Whether it is a worktree of a repository that stays. */
  readonly isLinked: boolean;
  /** The folder that goes. */
  readonly going: string;
}

/** In a few words, what would go with a repository within; empty: nothing. */
export async function describeWork(
  git: Git,
  { folder, gitDir, isLinked, going }: WithinFolder,
  signal?: AbortSignal,
): Promise<string[]> {
  const isThere = await access(join(gitDir, 'HEAD')).then(
    () => true,
    () => false,
  );
  if (!isThere) return ['its repository is not where it says'];
  try {
    const { commits, stashes } = isLinked
      ? await ownHeads(git, gitDir, signal)
      : await ownCommits(git, gitDir, going, signal);
    const status = folder === undefined ? undefined : await innerStatus(git, folder, gitDir, signal);
    const others = isLinked ? [] : await worktreesElsewhere(gitDir, going);
    const ignored = status?.ignored.filter((path) => !isRebuildable(path)) ?? [];
    return [
      counted(commits.length, 'commit that nobody else has', 'commits that nobody else has'),
      counted(stashes.length, 'stash', 'stashes'),
      counted(status?.changed.length ?? 0, 'changed file', 'changed files'),
      counted((await autostashedFiles(git, gitDir, signal)).length, 'autostashed file', 'autostashed files'),
      counted(status?.untracked.length ?? 0, 'untracked file', 'untracked files'),
      counted(ignored.length, 'ignored file', 'ignored files'),
      ...(await operationsIn(git, gitDir)).map((operation) => `a ${operation} in progress`),
      ...others.map((path) => `the repository of the worktree ${path}`),
    ].filter((part) => part !== '');
  } catch (error) {
    if (error instanceof GitFailure || isAppError(error)) return ['git cannot read it'];
    throw error;
  }
}

function counted(count: number, one: string, more: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : more}`;
}
