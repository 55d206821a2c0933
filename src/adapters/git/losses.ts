import { access, lstat, mkdtemp, readdir, readFile, rm, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError, type Loss } from '../../core/errors';
import type { Repository, Worktree } from '../../core/model';
import { gitFailed, type Git } from './git';
import { unpushedCommits } from './integrated';
import { parseStatus } from './parseStatus';
import { isNoCommit } from './parseWorktreeList';
import { folderState, isSamePath, platformPath } from './paths';
import { isRebuildable } from './rebuildable';
import { unfinishedFiles } from './unfinishedFiles';

const exampleCount = 3;

/** `--untracked-files=all`: a file in a new folder is as much work as one beside old files. */
const statusArguments = [
  'status',
  '--porcelain=v2',
  '-z',
  '--untracked-files=all',
  '--ignored=matching',
  '--ignore-submodules=none',
];

/**
 * What removing a worktree, and its branch, would lose. A stash belongs to the repository and is none of it. Hooks and file
 * system monitor do not run; filters do, since they decide what counts as changed.
 *
 * @throws failed when the folder is no longer this worktree's: then nobody can say
 */
export async function lossesOf(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  signal?: AbortSignal,
): Promise<Loss[]> {
  const isThere = (await folderState(worktree.path)) !== 'absent';
  if (isThere) await refuseStrangers(worktree);
  const [files, commits, nested, operations] = await Promise.all([
    isThere ? fileLosses(git, worktree, signal) : [],
    isNoCommit(worktree.head) ? [] : unpushedCommits(git, repository, worktree, signal),
    worktree.isMain ? [] : submoduleCommits(git, join(worktree.gitDir, 'modules'), signal),
    operationsIn(worktree.gitDir),
  ]);
  const locked = worktree.locked === undefined ? [] : [worktree.locked || 'no reason given'];
  return [
    ...files,
    ...loss('unpushed', commits),
    ...loss('submodule', nested),
    ...loss('operation', operations),
    ...loss('locked', locked),
  ];
}

function loss(kind: Loss['kind'], all: readonly string[]): Loss[] {
  if (all.length === 0) return [];
  const examples = [...all].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, exampleCount);
  return [{ kind, count: all.length, examples }];
}

/** A folder that was put in the worktree's place, or a `.git` that leads elsewhere, would answer for the wrong one. */
async function refuseStrangers(worktree: Worktree): Promise<void> {
  if (worktree.isMain) return;
  const text = await readFile(join(worktree.path, '.git'), 'utf8').catch(() => '');
  const target = /^gitdir: ([\s\S]*?)\r?\n?$/.exec(text)?.[1];
  if (target !== undefined && (await isSamePath(resolve(worktree.path, platformPath(target)), worktree.gitDir))) return;
  throw new AppError(
    'failed',
    `${worktree.path} is not the worktree that git has registered there: look into it, and run "git worktree repair" if it was moved.`,
  );
}

async function fileLosses(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<Loss[]> {
  if (worktree.beingMade !== undefined) return unfinishedLosses(git, worktree, signal);
  try {
    const status = parseStatus(await git.run(worktree.path, statusArguments, { trust: 'check', signal }));
    const hidden = await hiddenChanges(git, worktree, signal);
    return [
      ...loss('uncommitted', [...new Set([...status.changed, ...hidden])]),
      ...loss('untracked', status.untracked),
      ...loss(
        'ignored',
        status.ignored.filter((path) => !isRebuildable(path)),
      ),
    ];
  } catch (error) {
    throw gitFailed(`It cannot be told what ${worktree.path} holds`, error);
  }
}

/** Of a checkout that was cut off nothing is missed but what a person did in it. */
async function unfinishedLosses(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<Loss[]> {
  try {
    const { changed, doubtful, others } = await unfinishedFiles(git, worktree, signal);
    return [...loss('uncommitted', [...changed, ...doubtful]), ...loss('untracked', others)];
  } catch (error) {
    throw gitFailed(`It cannot be told what ${worktree.path} holds`, error);
  }
}

/** Changes of files that status was told to pass over (`update-index --assume-unchanged`, `--skip-worktree`). */
async function hiddenChanges(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<string[]> {
  const listed = await git.run(worktree.path, ['ls-files', '-v', '-z'], { trust: 'check', signal });
  const flagged = listed
    .split('\0')
    .filter((entry) => /^[a-zS] /.test(entry))
    .map((entry) => entry.slice(2));
  const present: string[] = [];
  for (const path of flagged) {
    // In a sparse checkout most of them are not there: those are no work.
    if (
      await lstat(join(worktree.path, path)).then(
        () => true,
        () => false,
      )
    )
      present.push(path);
  }
  if (present.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'coppice-index-'));
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    await copyFile(join(worktree.gitDir, 'index'), env.GIT_INDEX_FILE);
    const input = present.map((path) => `${path}\0`).join('');
    for (const option of ['--no-assume-unchanged', '--no-skip-worktree']) {
      await git.run(worktree.path, ['update-index', option, '-z', '--stdin'], { trust: 'refresh', signal, env, input });
    }
    const output = await git.run(worktree.path, ['status', '--porcelain=v2', '-z', '--untracked-files=no'], {
      trust: 'check',
      signal,
      env,
    });
    const isPresent = new Set(present);
    return parseStatus(output).changed.filter((path) => isPresent.has(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A linked worktree keeps the repositories of its submodules in its own git directory: they go with it. */
async function submoduleCommits(git: Git, modules: string, signal?: AbortSignal): Promise<string[]> {
  const names = await readdir(modules).catch(() => []);
  const found: string[] = [];
  for (const name of names) {
    const gitDir = join(modules, name);
    const isRepository = await access(join(gitDir, 'HEAD')).then(
      () => true,
      () => false,
    );
    if (isRepository) {
      const argv = ['rev-list', '--format=tformat:%s', 'HEAD', '--all', '--not', '--remotes'];
      const output = await git.try(gitDir, argv, { trust: 'check', signal, env: { GIT_DIR: gitDir } });
      const subjects = (output ?? '').split('\n').filter((_, index) => index % 2 === 1);
      found.push(...subjects.map((subject) => `${name}: ${subject}`));
    }
    // Names of submodules may hold slashes, and submodules may hold submodules.
    found.push(...(await submoduleCommits(git, isRepository ? join(gitDir, 'modules') : gitDir, signal)));
  }
  return found;
}

const operations: Readonly<Record<string, string>> = {
  'rebase-merge': 'rebase',
  'rebase-apply': 'rebase',
  MERGE_HEAD: 'merge',
  CHERRY_PICK_HEAD: 'cherry-pick',
  REVERT_HEAD: 'revert',
  BISECT_LOG: 'bisect',
};

async function operationsIn(gitDir: string): Promise<string[]> {
  const names = new Set(await readdir(gitDir).catch(() => []));
  return [
    ...new Set(
      Object.keys(operations)
        .filter((name) => names.has(name))
        .map((name) => operations[name] ?? name),
    ),
  ];
}
