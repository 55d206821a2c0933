import { readFile, rm } from 'node:fs/promises';
import { devNull } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseCheckoutMark } from '../../../core/worktrees/checkoutMark';
import { AppError } from '../../../core/errors';
import type { Worktree } from '../../../core/model';
import type { Making } from '../../../core/ports/worktrees';
import { configuredHooks, withoutConfigured } from '../program/configuredHooks';
import { gitFailed, GitFailure, type Git } from '../program/git';
import { removeLeftLocks } from '../locks/leftLocks';
import { refuseMoved } from '../files/refuseMoved';
import { forgetSpare, spareFile } from '../records/spareFiles';
import { endStrayGit, makingArguments } from '../files/strayGit';
import { writeFilesOf } from './uncommittedFiles';
import { unfinishedFiles } from './unfinishedFiles';

/** The post-checkout hook of the repository failed; the files are all there. */
export class HookFailure extends Error {
  constructor(readonly failure: GitFailure) {
    super('The post-checkout hook failed.', { cause: failure });
  }
}

/**
 * Writes the files of a worktree that was added without them, runs the hook as `git worktree add` does, and takes the mark
 * away: until then it is not complete, whatever happens.
 *
 * @param tree what its files are made of once its commit is checked out; undefined: of its commit
 */
export async function fillWorktree(git: Git, worktree: Worktree, signal?: AbortSignal, tree?: string): Promise<void> {
  await writeFiles(git, worktree, makingArguments(idOf(worktree)), signal, tree);
  await completeWorktree(git, worktree, signal);
}

/**
 * The same for a worktree that nobody has asked for yet. Hooks that are a part of its commit (a `core.hooksPath` within the worktree), or
 * may be (commands of git's configuration, which run in the worktree), are left for its claim: what somebody has pushed does not run
 * because it was fetched.
 */
export async function fillSpare(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<void> {
  return fill(git, worktree, await unaskedFor(git, worktree), signal);
}

/** How the files of a worktree are written. */
interface Filling {
  /** The arguments of each git that does. */
  readonly making: readonly string[];
  /** Whether hooks are left for later: then nothing is run once they are there. */
  readonly isHookless: boolean;
}

async function fill(
  git: Git,
  worktree: Worktree,
  { making, isHookless }: Filling,
  signal?: AbortSignal,
): Promise<void> {
  await writeFiles(git, worktree, making, signal);
  if (!isHookless) await completeWorktree(git, worktree, signal);
}

async function unaskedFor(git: Git, worktree: Worktree): Promise<Filling> {
  // What tells git of changed files may be a part of the commit, too, and is of no use here.
  const making = ['-c', 'core.fsmonitor=false', ...makingArguments(idOf(worktree))];
  const [said, names] = await Promise.all([
    git.try(worktree.path, ['config', '--type=path', '--get', 'core.hooksPath'], { trust: 'write' }),
    configuredHooks(git, worktree.path),
  ]);
  const path = said?.trim();
  if ((!path || isAbsolute(path)) && names.length === 0) return { making, isHookless: false };
  // Other hooks than that of a checkout, too: of each change of the index, for one.
  return { making: ['-c', `core.hooksPath=${devNull}`, ...withoutConfigured(names), ...making], isHookless: true };
}

async function writeFiles(
  git: Git,
  worktree: Worktree,
  making: readonly string[],
  signal?: AbortSignal,
  tree?: string,
): Promise<void> {
  await git.run(worktree.path, [...making, ...reset], {
    trust: 'write',
    signal,
  });
  const head = await git.run(worktree.path, ['rev-parse', 'HEAD'], { trust: 'write', signal });
  refuseMoved(worktree.branch ?? worktree.path, worktree.head, head.trim());
  if (tree !== undefined) await writeFilesOf(git, worktree, tree, making, signal);
}

/**
 * The same where it was cut off before. The files of the commit are written, and nothing else is touched: what a person
 * changed or added meanwhile stays as it is.
 *
 * @throws conflict when what a person made there is in the way, or a lock that may be somebody else's
 */
export async function finishWorktree(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<void> {
  return finish(git, worktree, { making: makingArguments(idOf(worktree)), isHookless: false }, signal);
}

/** The same of one that nobody has asked for yet. */
export async function finishSpare(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<void> {
  return finish(git, worktree, await unaskedFor(git, worktree), signal);
}

async function finish(git: Git, worktree: Worktree, filling: Filling, signal?: AbortSignal): Promise<void> {
  const { making, isHookless } = filling;
  await endStrayGit(idOf(worktree));
  // Of one that was a spare, else what `git worktree add` itself has written.
  await removeLeftLocks(worktree.gitDir, worktree.path, spareFile(worktree), join(worktree.gitDir, 'commondir'));
  const { cutOff, doubtful, changed, others } = await unfinishedFiles(git, worktree, signal);
  const [first] = doubtful;
  if (first !== undefined) {
    throw new AppError(
      'conflict',
      `The checkout in ${worktree.path} was cut off, and ${first} has only its beginning: put back its end, or delete it, and try again.`,
      { explanation: doubtful.join('\n'), remedy: { title: 'Try Again', action: { kind: 'retry' } } },
    );
  }
  if (changed.length === 0 && others.length === 0) return fill(git, worktree, filling, signal);
  const options = { trust: 'write', signal } as const;
  await git.run(worktree.path, [...making, 'read-tree', 'HEAD'], options);
  for (const path of cutOff) await rm(join(worktree.path, path), { force: true });
  // It passes over what is there, and ends with 1 for it.
  await git.try(worktree.path, [...making, 'checkout-index', '--all', '--quiet'], options);
  await git.try(worktree.path, [...making, 'update-index', '-q', '--refresh'], options);
  const missing = await git.run(
    worktree.path,
    [...making, 'diff-files', '--name-only', '--diff-filter=D', '-z'],
    options,
  );
  if (missing !== '') {
    const names = missing.split('\0').filter((name) => name !== '');
    throw new AppError(
      'conflict',
      `The checkout in ${worktree.path} was cut off, and cannot be completed: something else is in the place of ${names[0] ?? ''}. Move it away, and try again.`,
      { explanation: names.join('\n'), remedy: { title: 'Try Again', action: { kind: 'retry' } } },
    );
  }
  await reapplySparse(git, worktree.path, making, signal);
  if (!isHookless) await completeWorktree(git, worktree, signal);
}

/** After what has written an index without looking at what a sparse checkout leaves out. */
export async function reapplySparse(
  git: Git,
  folder: string,
  making: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const options = { trust: 'write', signal } as const;
  const isSparse = await git.try(folder, ['config', '--type=bool', 'core.sparseCheckout'], options);
  if (isSparse?.trim() === 'true') await git.try(folder, [...making, 'sparse-checkout', 'reapply'], options);
}

/** As `git worktree add` itself does it. */
const reset = ['reset', '--hard', '--quiet', '--no-recurse-submodules'] as const;

/**
 * Runs the hook, and takes the mark away: from now on it is complete.
 *
 * @param making of one that has all its files by now: its record is written once nothing may fail any more
 * @throws HookFailure
 */
export async function completeWorktree(
  git: Git,
  worktree: Worktree,
  signal?: AbortSignal,
  making?: Pick<Making, 'record'>,
): Promise<void> {
  await runHook(git, worktree, signal);
  await making?.record(worktree);
  const path = join(worktree.gitDir, 'locked');
  const reason = await readFile(path, 'utf8').catch(() => undefined);
  if (!parseCheckoutMark(reason)) return;
  // One that was a spare is none any more.
  await forgetSpare(worktree);
  await rm(path, { force: true });
}

async function runHook(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<void> {
  // As long as the repository's ids are: 64 with SHA-256.
  const zeros = '0'.repeat(worktree.head.length);
  const argv = ['hook', 'run', '--ignore-missing', 'post-checkout', '--', zeros, worktree.head, '1'];
  try {
    await git.run(worktree.path, argv, { trust: 'write', signal });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    // Before git 2.36 only a checkout runs it.
    if (/'hook' is not a git command/.test(error.stderr)) return checkOutAgain(git, worktree, signal);
    throw new HookFailure(error);
  }
}

async function checkOutAgain(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<void> {
  try {
    await git.run(worktree.path, ['checkout', '--quiet', '--no-guess', worktree.branch ?? '--detach', '--'], {
      trust: 'write',
      signal,
    });
  } catch (error) {
    throw gitFailed(`The worktree ${worktree.path} was not made`, error);
  }
}

function idOf({ beingMade, path }: Worktree): string {
  if (beingMade === undefined) throw new AppError('bug', `The worktree ${path} is complete.`);
  return beingMade;
}
