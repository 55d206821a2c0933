import { errorCode } from '@coppice/host/errorCode';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import { bareRepository } from './bareRepository';
import { GitFailure, type Git } from '../program/git';
import { mainWorktree } from './mainWorktree';
import { parseRefs, refFormat } from '../program/parseRefs';
import { platformPath } from '../files/paths';
import { readRepositoryId, recordedRoot } from './repositoryRecord';
import type { ListedWorktree } from '../program/parseWorktreeList';

/** Where no remote says which branch is the default one; a clone of another branch may have it from its remote only. */
const usualDefaults = [
  'refs/heads/main',
  'refs/heads/master',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
] as const;

/**
 * The repository that a folder is in. Writes nothing.
 *
 * @throws invalidInput for no, a bare, or a submodule's repository; denied when git does not trust its owner
 */
export async function repositoryOf(
  git: Git,
  folder: string,
  listWorktrees: (folder: string, signal?: AbortSignal) => Promise<ListedWorktree[]>,
  signal?: AbortSignal,
): Promise<Repository> {
  // Asked all at once, because starting a process is what takes the time; what is wrong with the folder, the first one tells.
  const listing = listWorktrees(folder, signal);
  const reading = git.run(
    folder,
    ['for-each-ref', `--format=${refFormat}`, 'refs/remotes/origin/HEAD', ...usualDefaults],
    { trust: 'read', signal },
  );
  const asked = Promise.all([listing, reading]);
  asked.catch(() => undefined);
  const { commonDir, topLevel } = await placeOf(git, folder, signal);
  const [[worktrees, refs], id] = await Promise.all([asked, readRepositoryId(commonDir)]);
  const main = worktrees[0];
  if (main === undefined || main.isBare) throw await bareRepository(git, folder, commonDir, signal);
  const root = await mainWorktree({
    commonDir,
    listed: platformPath(main.path),
    topLevel,
    recorded: () => recordedRoot(commonDir),
  });
  return { id, name: basename(root), root, commonDir, defaultBranch: defaultBranch(refs, main) };
}

interface Place {
  readonly commonDir: string;
  /** Of the folder, when it is in the main worktree. */
  readonly topLevel: string | undefined;
}

async function placeOf(git: Git, folder: string, signal: AbortSignal | undefined): Promise<Place> {
  let output: string;
  try {
    output = await git.run(
      folder,
      [
        'rev-parse',
        '--path-format=absolute',
        '--is-bare-repository',
        '--is-inside-work-tree',
        '--git-common-dir',
        '--git-dir',
        // The last two print nothing where there is nothing to tell.
        '--show-cdup',
        '--show-superproject-working-tree',
      ],
      { trust: 'read', signal },
    );
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    // The one failure that only the text tells; the language is pinned by LC_ALL, and a test pins the words.
    if (error.stderr.includes('dubious ownership')) throw await notTrusted(folder, error);
    const above = await gitAbove(folder);
    if (above !== undefined) {
      const lost = await lostRepository(above);
      if (lost !== undefined) throw await repositoryLost(above, lost, error.stderr.trim());
      throw new AppError('failed', `git cannot read the repository of ${folder}.`, {
        explanation: error.stderr.trim(),
      });
    }
    throw new AppError(
      'invalidInput',
      `${folder} is in no git repository. Open a folder that is, or run "git init" there.`,
    );
  }
  const [isBare, isInside, commonDir = '', gitDir, ...more] = output.split(/\r?\n/);
  if (isBare === 'true') throw await bareRepository(git, folder, platformPath(commonDir), signal);
  const [up = '', superproject] = isInside === 'true' ? more : [];
  if (superproject) {
    throw new AppError(
      'invalidInput',
      `${folder} is a submodule of ${platformPath(superproject)}: worktrees are made of the repository that holds it.`,
    );
  }
  const isMain = isInside === 'true' && gitDir === commonDir;
  return {
    commonDir: await realpath(platformPath(commonDir)),
    topLevel: isMain ? resolve(await realpath(folder), platformPath(up || '.')) : undefined,
  };
}

async function notTrusted(folder: string, cause: GitFailure): Promise<AppError> {
  const root = (await gitAbove(folder)) ?? folder;
  return new AppError(
    'denied',
    `git does not trust ${root}: it belongs to another user. If you do, run: git config --global --add safe.directory ${JSON.stringify(root)}`,
    { explanation: cause.stderr.trim(), cause },
  );
}

/** In a container a worktree alone leads to a path outside: nothing is lost there, and a repair from inside would break it outside. */
async function repositoryLost(worktree: string, gitDir: string, explanation: string): Promise<AppError> {
  const said = await Promise.all(
    ['.devcontainer', '.devcontainer.json'].map((name) =>
      lstat(join(worktree, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (!said.includes(true))
    return new AppError(
      'notFound',
      `${worktree} was a worktree of a repository that is not there any more (${gitDir}). If that was moved, run "git worktree repair" there and name this folder.`,
      { explanation },
    );
  const common = gitDir.replace(/[\\/]worktrees[\\/][^\\/]+$/, '');
  const mount = (path: string): string => `source=${path},target=${path},type=bind`;
  const local = '${localWorkspaceFolder}';
  const lines = [
    explanation,
    'In a container that has only the worktree, devcontainer.json needs both at the paths that they have outside:',
    `"workspaceMount": ${JSON.stringify(mount(local))}, "workspaceFolder": ${JSON.stringify(local)}, "mounts": [${JSON.stringify(mount(common))}]`,
    'Run no "git worktree repair" or "git worktree prune" in there: outside the worktree would be broken by it.',
  ];
  return new AppError(
    'notFound',
    `The repository of the worktree ${worktree} is not here (${gitDir}): in a container it has to be mounted, too. Outside of one, if it was moved, run "git worktree repair" there and name this folder.`,
    { explanation: lines.join('\n') },
  );
}

/** Where a linked worktree says that its git directory is, when nothing is there. */
async function lostRepository(worktree: string): Promise<string | undefined> {
  const pointer = await readFile(join(worktree, '.git'), 'utf8').catch(() => '');
  const [, target] = /^gitdir: (.+?)\r?\n?$/.exec(pointer) ?? [];
  if (target === undefined) return undefined;
  const gitDir = resolve(worktree, target);
  const isGone = await lstat(gitDir).then(
    () => false,
    (error: unknown) => errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR',
  );
  return isGone ? gitDir : undefined;
}

async function gitAbove(folder: string): Promise<string | undefined> {
  for (let current = folder; ; current = dirname(current)) {
    const exists = await lstat(join(current, '.git')).then(
      () => true,
      () => false,
    );
    if (exists) return current;
    if (dirname(current) === current) return undefined;
  }
}

function defaultBranch(refs: string, main: ListedWorktree): string {
  const names = new Map(parseRefs(refs).map((ref) => [ref.ref, ref.symref]));
  const remote = names.get('refs/remotes/origin/HEAD');
  if (remote) return remote.replace(/^refs\/remotes\/origin\//, '');
  const usual = usualDefaults.find((ref) => names.has(ref));
  if (usual !== undefined) return usual.replace(/^.*\//, '');
  return main.branch?.replace(/^refs\/heads\//, '') ?? 'main';
}
