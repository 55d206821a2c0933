import { AppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import { newBranchNameProblem } from '../../../core/naming';
import { worktreeRef } from '../../../core/worktrees/worktreeRef';
import type { Branch, StartPoint, Worktrees } from '../../../core/ports/worktrees';
import type { Target } from '../preparedCreate';
import type { CreateRequest } from '../requests';

/**
 * Finds out whether the asked-for branch exists, is remote, or is to be made.
 *
 * @param defaultBase what a new branch starts from when the request names no base; '' is the repository's default branch
 * @param isBegun whether a branch that exists was made for just this request, by a run that was cut off
 * @throws invalidInput for a bad name or base, conflict when the branch is checked out in another worktree
 */
export async function decideTarget(
  worktrees: Worktrees,
  repository: Repository,
  listed: readonly Worktree[],
  request: CreateRequest,
  defaultBase: string,
  isBegun: (ref: string) => Promise<boolean>,
  signal: AbortSignal,
): Promise<Target> {
  if (request.target.kind === 'worktree') return worktreeTarget(listed, request.target.path);
  const name = request.target.branch;
  if (name.trim() === '') throw new AppError('invalidInput', 'A branch name is needed.');

  const branches = await worktrees.branches(repository, signal);
  const local = branches.find((branch) => !branch.isRemote && branch.name === name);
  if (local) {
    if (request.target.base !== undefined && !(await isBegun(`refs/heads/${name}`))) {
      throw new AppError('conflict', `The branch ${name} exists already: a base is only for a new branch.`);
    }
    const holder = listed.find((worktree) => worktree.branch === name);
    if (holder) throw checkedOutElsewhere(name, holder);
    return { kind: 'existing', ref: `refs/heads/${name}`, branch: name, commit: local.commit };
  }
  const remote =
    branches.find((branch) => branch.isRemote && branch.name === name) ??
    (request.target.base === undefined
      ? branches.find((branch) => branch.isRemote && branch.name === `origin/${name}`)
      : undefined);
  if (remote) {
    const branch = remote.name.slice(remote.name.indexOf('/') + 1);
    const holder = listed.find((worktree) => worktree.branch === branch);
    if (holder) throw checkedOutElsewhere(branch, holder);
    const existing = branches.find((candidate) => !candidate.isRemote && candidate.name === branch);
    if (existing) return { kind: 'existing', ref: `refs/heads/${branch}`, branch, commit: existing.commit };
    return { kind: 'tracking', ref: `refs/heads/${branch}`, branch, remoteBranch: remote.name, commit: remote.commit };
  }
  const problem = newBranchNameProblem(name);
  if (problem) throw new AppError('invalidInput', problem);
  const remoteName = remotePrefix(branches, name);
  if (remoteName !== undefined) {
    const there = name.slice(remoteName.length + 1);
    throw new AppError(
      'invalidInput',
      `There is no branch ${there} on ${remoteName}: fetch it, or give the new branch a name that does not begin like a remote one.`,
    );
  }
  const start = await worktrees.startPoint(repository, request.target.base ?? (defaultBase || undefined), signal);
  const { name: base, commit } = start;
  const note = startNote(start);
  return { kind: 'new', ref: `refs/heads/${name}`, branch: name, base, commit, ...(note ? { note } : {}) };
}

/** A branch that is behind is never started from without a word. */
function startNote({ name, lag }: StartPoint): string | undefined {
  if (!lag) return undefined;
  const { local, upstream, ahead, behind } = lag;
  const commits = (count: number): string => `${count} commit${count === 1 ? '' : 's'}`;
  if (name === upstream) return `The branch starts from ${upstream}: ${local} here is ${commits(behind)} behind it.`;
  const own = ahead === 0 ? '' : ` and has ${commits(ahead)} of its own`;
  return `The branch starts from ${local}, which is ${commits(behind)} behind ${upstream}${own}.`;
}

/** A remote whose branches are called like this. */
function remotePrefix(branches: readonly Branch[], name: string): string | undefined {
  const remotes = branches.filter(({ isRemote }) => isRemote).map((branch) => branch.name.split('/')[0] ?? '');
  return remotes.find((remote) => name.startsWith(`${remote}/`));
}

function worktreeTarget(listed: readonly Worktree[], path: string): Target {
  const worktree = listed.find((candidate) => candidate.path === path);
  if (!worktree) throw new AppError('notFound', `There is no worktree at ${path}.`);
  if (worktree.prunable !== undefined) throw new AppError('notFound', `The worktree's folder ${path} is gone.`);
  const branch = worktree.branch ?? `detached ${worktree.head.slice(0, 7)}`;
  return { kind: 'worktree', ref: worktreeRef(worktree), branch, worktree, commit: worktree.head };
}

export function checkedOutElsewhere(branch: string, holder: Worktree): AppError {
  return new AppError('conflict', `The branch ${branch} is checked out at ${holder.path}.`, {
    remedy: { title: 'Open That Worktree', action: { kind: 'openWorktree', path: holder.path } },
  });
}
