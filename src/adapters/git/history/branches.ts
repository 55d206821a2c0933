import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../core/errors';
import type { Branch } from '../../../core/ports/worktrees';
import type { Repository, Worktree } from '../../../core/model';
import { gitFailed, GitFailure, type Git } from '../program/git';
import { parseRefs, refFormat } from '../program/parseRefs';
import { platformPath } from '../files/paths';

/** Local and remote-tracking branches, newest commit first; `origin/HEAD` and its like are none. */
export async function listBranches(git: Git, repository: Repository, signal?: AbortSignal): Promise<Branch[]> {
  const output = await git.run(
    repository.root,
    ['for-each-ref', '--sort=-committerdate', `--format=${refFormat}`, 'refs/heads', 'refs/remotes'],
    { trust: 'read', signal },
  );
  return parseRefs(output)
    .filter((ref) => ref.date !== '' && !(ref.symref !== '' && ref.ref.startsWith('refs/remotes/')))
    .map((ref) => ({
      name: ref.ref.replace(/^refs\/(?:heads|remotes)\//, ''),
      isRemote: ref.ref.startsWith('refs/remotes/'),
      commit: ref.commit,
      date: ref.date,
      subject: ref.subject,
      checkedOutAt: ref.worktree === '' ? undefined : platformPath(ref.worktree),
    }));
}

/** The commit of a ref by its full name; undefined when there is no such ref. */
export async function commitOfRef(
  git: Git,
  repository: Repository,
  ref: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const output = await git.try(
    repository.root,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    {
      trust: 'read',
      signal,
    },
  );
  return output?.trim() || undefined;
}

/** @throws invalidInput when git does not allow a branch of this name */
export async function checkBranchName(
  git: Git,
  repository: Repository,
  branch: string,
  signal?: AbortSignal,
): Promise<void> {
  const isAllowed =
    !branch.startsWith('-') &&
    branch !== 'HEAD' &&
    (await git.try(repository.root, ['check-ref-format', `refs/heads/${branch}`], { trust: 'read', signal })) !==
      undefined;
  if (!isAllowed)
    throw new AppError('invalidInput', `${JSON.stringify(branch)} is no branch name: git does not allow this form.`);
}

/**
 * Creates a branch at a commit; of several who try at once, one succeeds.
 * @throws conflict when there is one of this name, or one that stands in its way (`a` and `a/b`)
 */
export async function createBranch(
  git: Git,
  repository: Repository,
  branch: string,
  commit: string,
  { hasReflog = true, signal }: { readonly hasReflog?: boolean; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const argv = hasReflog
    ? ['update-ref', '--create-reflog', '-m', 'branch: Created for a worktree']
    : ['-c', 'core.logAllRefUpdates=false', 'update-ref'];
  try {
    await git.run(repository.root, [...argv, ref, commit, ''], { trust: 'write', signal });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const branches = (await listBranches(git, repository))
      .filter((other) => !other.isRemote)
      .map((other) => other.name);
    if (branches.includes(branch))
      throw new AppError('conflict', `The branch ${branch} exists already.`, { cause: error });
    const obstacle = branches.find((other) => other.startsWith(`${branch}/`) || branch.startsWith(`${other}/`));
    if (obstacle !== undefined) {
      throw new AppError(
        'conflict',
        `The branch ${branch} cannot be created beside ${obstacle}: git keeps branches like files in folders.`,
      );
    }
    throw gitFailed(`The branch ${branch} was not created`, error);
  }
}

/** @throws conflict when it moved on or is checked out; no error when it is gone */
export async function deleteBranch(
  git: Git,
  repository: Repository,
  branch: string,
  expectedHead: string,
  worktrees: readonly Worktree[],
): Promise<void> {
  const holder = worktrees.find((worktree) => worktree.branch === branch);
  if (holder) throw checkedOut(branch, holder.path);
  const ref = `refs/heads/${branch}`;
  const current = await commitOfRef(git, repository, ref);
  if (current !== undefined) {
    try {
      await git.run(repository.root, ['update-ref', '-d', ref, expectedHead], { trust: 'write' });
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      const now = await commitOfRef(git, repository, ref);
      if (now !== undefined && now !== expectedHead) {
        throw new AppError('conflict', `The branch ${branch} has new commits and was kept.`, { cause: error });
      }
      if (now !== undefined) throw gitFailed(`The branch ${branch} was not deleted`, error);
    }
  }
  await removeBranchSettings(git, repository, branch);
}

export function checkedOut(branch: string, path: string): AppError {
  return new AppError('conflict', `The branch ${branch} is checked out in ${path}.`, {
    remedy: { title: 'Open That Worktree', action: { kind: 'openWorktree', path } },
  });
}

/** Removes the section `branch.<name>` of the repository's configuration, if there is one. */
export async function removeBranchSettings(git: Git, repository: Repository, branch: string): Promise<void> {
  await withLockRetries(async () => {
    if (!(await hasBranchSettings(git, repository, branch))) return;
    await git.run(repository.root, ['config', '--local', '--remove-section', `branch.${branch}`], { trust: 'write' });
  }, `The settings of the branch ${branch} were not removed`);
}

export async function hasBranchSettings(git: Git, repository: Repository, branch: string): Promise<boolean> {
  return (await branchSettings(git, repository, branch)).length > 0;
}

/** All of the section `branch.<name>` of the repository's own configuration, in its order. */
export async function branchSettings(
  git: Git,
  repository: Repository,
  branch: string,
): Promise<(readonly [key: string, value: string])[]> {
  const output = await git.try(repository.root, ['config', '--local', '--null', '--list'], { trust: 'read' });
  const pairs = (output ?? '').split('\0').map((entry) => {
    const end = entry.indexOf('\n');
    // A key without a value is true.
    return end < 0 ? ([entry, 'true'] as const) : ([entry.slice(0, end), entry.slice(end + 1)] as const);
  });
  return pairs.filter(
    ([key]) => key.startsWith('branch.') && key.slice('branch.'.length, key.lastIndexOf('.')) === branch,
  );
}

/** Gives a branch the settings that it had, unless it has others by now. */
export async function returnBranchSettings(
  git: Git,
  repository: Repository,
  branch: string,
  settings: readonly (readonly [key: string, value: string])[],
): Promise<void> {
  const isIn = (list: typeof settings, [key, value]: (typeof settings)[number]): boolean =>
    list.some((each) => each[0] === key && each[1] === value);
  const now = await branchSettings(git, repository, branch);
  // Given back in part by a try that was cut off, they are completed; others are somebody's by now.
  if (now.some((pair) => !isIn(settings, pair))) return;
  for (const [key, value] of settings.filter((pair) => !isIn(now, pair))) {
    await withLockRetries(async () => {
      await git.run(repository.root, ['config', '--local', '--add', key, value], { trust: 'write' });
    }, `The settings of the branch ${branch} were not given back`);
  }
}

/** Makes a branch track a remote-tracking one. */
export async function setUpstream(
  git: Git,
  repository: Repository,
  branch: string,
  remoteBranch: string,
  signal?: AbortSignal,
): Promise<void> {
  await withLockRetries(
    async () => {
      const argv = ['branch', '--quiet', `--set-upstream-to=refs/remotes/${remoteBranch}`, '--', branch];
      await git.run(repository.root, argv, { trust: 'write', signal });
    },
    `The branch ${branch} does not track ${remoteBranch}`,
    signal,
  );
}

const lockAttempts = 40;

/** Git locks its configuration without waiting: who comes second fails, and has to come again. */
async function withLockRetries(attempt: () => Promise<void>, what: string, signal?: AbortSignal): Promise<void> {
  for (let count = 1; ; count++) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof GitFailure) || count >= lockAttempts) throw gitFailed(what, error);
      await delay(Math.random() * Math.min(25 * count, 250), undefined, signal ? { signal } : {});
    }
  }
}
