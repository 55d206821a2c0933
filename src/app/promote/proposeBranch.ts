import { AppError } from '../../core/errors';
import { plural } from '../../core/text/plural';
import type { Repository } from '../../core/model';
import type { BranchPushes } from '../../core/ports/branchPushes';
import type { MergeLook } from '../../core/ports/branchMerges';
import type { NewPullRequest, PullRequest, PullRequests } from '../../core/ports/pullRequests';
import type { Run } from '../run/run';

export interface ProposeBranchPorts {
  readonly pushes: BranchPushes;
  readonly pullRequests: Pick<PullRequests, 'find' | 'open'>;
}

/** What is pushed where, for a pull request in place of a merge. */
export interface PlannedProposal {
  readonly remote: string;
  /** The account whose repository that is, where it is another than the one that it is proposed to. */
  readonly owner: string | undefined;
  /** The open one, which the push brings up to date; undefined: one is opened. */
  readonly existing: PullRequest | undefined;
}

export interface ProposedBranch extends PlannedProposal {
  readonly url: string;
}

/** Changes nothing. @throws conflict where there is nothing to propose; as the ports do */
export async function planProposal(
  { pushes, pullRequests }: ProposeBranchPorts,
  repository: Repository,
  look: MergeLook,
  signal: AbortSignal,
): Promise<PlannedProposal> {
  const { branch, base, kind } = look;
  if (kind === 'none')
    throw new AppError(
      'conflict',
      `${base} has all of ${branch} already: there is nothing that a pull request could propose.`,
    );
  const remote = await pushes.remoteOf(repository, branch, signal);
  const owner = await pushes.ownerOf(repository, remote, signal);
  const existing = await pullRequests.find(folderOf(repository, look), { branch, base, owner }, signal);
  return { remote, owner, existing };
}

/**
 * Pushes just what was looked at, and opens the pull request where there is none. Cut off, it is done again: what is pushed is not
 * pushed again, and the one that is open is found.
 */
export async function proposeBranch(
  { pushes, pullRequests }: ProposeBranchPorts,
  repository: Repository,
  look: MergeLook,
  { remote, owner, existing }: PlannedProposal,
  { signal, report }: Run,
): Promise<ProposedBranch> {
  const { branch, base, tip } = look;
  const folder = folderOf(repository, look);
  const total = existing ? 1 : 2;
  const push = { step: 'push', title: `Push ${branch} to ${remote}`, total };
  report({ ...push, state: 'running', finished: 0 });
  await pushes.push(repository, { folder, remote, branch, commit: tip }, signal);
  report({ ...push, state: 'done', finished: 1 });
  if (existing) {
    // Its checks are those of what was pushed just now.
    const now = await pullRequests.find(folder, { branch, base, owner }, signal);
    return { remote, owner, existing: now ?? existing, url: existing.url };
  }
  const open = { step: 'open', title: `Open a pull request into ${base}`, total };
  report({ ...open, state: 'running', finished: 1 });
  const url = await pullRequests.open(folder, { ...textOf(look), owner }, signal);
  report({ ...open, state: 'done', finished: 2 });
  return { remote, owner, existing: undefined, url };
}

function folderOf({ root }: Repository, { source }: MergeLook): string {
  return source && source.worktree.prunable === undefined ? source.worktree.path : root;
}

/** What its commits say. */
function textOf({ branch, base, commits, subjects }: MergeLook): NewPullRequest {
  const [only = ''] = subjects;
  if (commits === 1) return { branch, base, title: only.trim() || branch, body: '' };
  const lines = subjects.map((subject) => `- ${subject}`);
  const more = commits - subjects.length;
  return {
    branch,
    base,
    title: branch,
    body: [...lines, ...(more > 0 ? [`- and ${plural(more, 'more commit')}`] : [])].join('\n'),
  };
}

/** What is said before it. */
export function proposalLine({ branch, base }: MergeLook, { remote, owner, existing }: PlannedProposal): string {
  const of = owner === undefined ? '' : ` of ${owner}:${branch}`;
  const then = existing
    ? `the pull request ${existing.url} has it then; ${checksText(existing)}`
    : `a pull request${of} into ${base} is opened`;
  return `${branch} is pushed to ${remote}, and ${then}. Nothing is merged here.`;
}

export function proposedText({ branch, base }: MergeLook, { url, existing }: ProposedBranch): string {
  return existing
    ? `${branch} is pushed: its pull request into ${base} is ${url}, ${checksText(existing)}.`
    : `The pull request of ${branch} into ${base} is open: ${url}`;
}

function checksText({ checks: { passed, pending, failed } }: PullRequest): string {
  const told = [
    failed.length > 0 ? `${failed.length} failed (${failed.slice(0, 5).join(', ')})` : '',
    pending > 0 ? `${pending} pending` : '',
    passed > 0 ? `${passed} passed` : '',
  ].filter((text) => text !== '');
  return told.length === 0 ? 'without checks' : `checks: ${told.join(', ')}`;
}
