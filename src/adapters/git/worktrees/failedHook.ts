import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { AddWorktree } from '../../../core/ports/worktrees';
import { configuredAt } from '../program/configuredHooks';
import { GitFailure, type Git } from '../program/git';
import { isSameRealPath } from '../files/paths';

/**
 * The error for a `git worktree add` that failed only in the repository's post-checkout hook: git runs it last, and whatever fails
 * before takes the worktree back. Undefined when it was something else.
 *
 * @param start the commit that the branch was made at; undefined for one that was there
 */
export async function failedHook(
  git: Git,
  repository: Repository,
  worktrees: readonly Worktree[],
  request: AddWorktree,
  start: string | undefined,
  error: unknown,
): Promise<AppError | undefined> {
  if (!(error instanceof GitFailure)) return undefined;
  const made = worktrees.find(({ branch }) => branch === request.branch);
  if (!made || !(await isSameRealPath(made.path, request.folder))) return undefined;
  // Where hooks are is the repository's to say (core.hooksPath), which only `write` leaves to it.
  const told = await git.try(repository.root, ['rev-parse', '--git-path', 'hooks/post-checkout'], { trust: 'write' });
  if (told === undefined) return undefined;
  // A relative one (husky's) is of the worktree that it is run in.
  const name = told.replace(/\r?\n$/, '');
  const lasting = resolve(repository.root, name);
  const lasts = await isRun(lasting);
  const named = await configuredAt(git, repository.root, 'post-checkout');
  const inFolder = lasts ? [lasting] : (await isRun(resolve(request.folder, name))) ? [name] : [];
  const hooks = [...inFolder, ...named.map((each) => `hook.${each} of git's configuration`)];
  if (hooks.length === 0) return undefined;
  const said = error.stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Preparing worktree'));
  const why = said.find((line) => /^\s*(?:fatal|error)\b/i.test(line)) ?? said.at(-1);
  const branch = start === undefined ? [] : ['-b', request.branch];
  const from = start === undefined ? request.branch : start.slice(0, 12);
  const without = ['-c', 'core.hooksPath=/dev/null', ...named.flatMap(switchedOff)];
  const off = named.some((each) => each.includes('=')) ? 'COPPICE_OFF=false ' : '';
  const words =
    off + ['git', ...without, 'worktree', 'add', ...branch, '--', request.folder, from].map(quoted).join(' ');
  return new AppError(
    'failed',
    `The hook post-checkout of ${repository.name} failed in the new worktree, which was taken back: ${why?.trim() ?? `it ended with ${error.exitCode}`}`,
    {
      explanation: [
        ...said,
        `${hooks.length === 1 ? 'The hook is' : 'The hooks are'} ${hooks.join(', ')}. Without ${hooks.length === 1 ? 'it' : 'them'}: ${words}`,
        'and then "coppice create" in that folder.',
      ].join('\n'),
      ...(lasts ? { remedy: { title: 'Open the Hook', action: { kind: 'openFile', path: lasting } } as const } : {}),
      cause: error,
    },
  );
}

/** `-c` ends a key at its first `=`: of such a name only a variable says so. */
function switchedOff(name: string): string[] {
  const key = `hook.${name}.enabled`;
  return name.includes('=') ? [`--config-env=${key}=COPPICE_OFF`] : ['-c', `${key}=false`];
}

async function isRun(hook: string): Promise<boolean> {
  return access(hook, process.platform === 'win32' ? constants.F_OK : constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A word of a command that a person may paste into a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
