import type { Repository, Worktree } from '../../../core/model';
import { commitOfRef } from './branches';
import type { Git } from '../program/git';
import { isIntegrated } from './integrated';
import { leftHeads } from './leftHeads';
import { isNoCommit } from '../program/parseWorktreeList';
import { aliasesOf, stayingRefs } from './stayingRefs';

export interface LostCommits {
  readonly subjects: readonly string[];
  /** What would keep those that no branch has; undefined where a branch has them all. */
  readonly advice: string | undefined;
}

/** More than so many places that were left are not compared one by one: they count as they are. */
const maxCompared = 20;

/**
 * Commits that would be lost with a worktree and its branch: those that no other branch, remote-tracking branch or tag
 * reaches, and that were not merged in another form (rebased, or squashed) into the default branch. Of the worktree's own HEAD,
 * and of detached HEADs that were left for another commit: only the worktree's reflog knows those, and it goes, too.
 */
export async function lostCommits(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  { keepBranch = false }: { readonly keepBranch?: boolean } = {},
  signal?: AbortSignal,
): Promise<LostCommits> {
  const options = { trust: 'check', signal } as const;
  const goes = keepBranch ? undefined : worktree.branch;
  let kept = stayingRefs(goes === undefined ? [] : [goes]);
  const head = isNoCommit(worktree.head) ? undefined : worktree.head;
  const left = (await leftHeads(git, worktree, signal)).filter((id) => id !== head);
  const tips = head === undefined ? left : [head, ...left];
  if (tips.length === 0) return { subjects: [], advice: undefined };

  const unreached = async (of: readonly string[], not: readonly string[]): Promise<Map<string, string>> => {
    const input = [...of, ...not.map((id) => `^${id}`)].join('\n');
    const argv = ['rev-list', '--ignore-missing', '--format=tformat:%H %s', '--stdin', '--not', ...kept];
    return subjectsById(await git.run(repository.root, argv, { ...options, input: `${input}\n` }));
  };
  const upstreams = (await defaultBranches(git, repository, goes, signal)).map(({ commit }) => commit);
  const isElsewhere = async (commit: string, others: readonly string[]): Promise<boolean> => {
    for (const other of others) if (await isIntegrated(git, repository, commit, other, signal)) return true;
    return false;
  };

  const none = new Map<string, string>();
  let ofHead = head === undefined ? none : await unreached([head], []);
  if (head !== undefined && ofHead.size === 0 && goes !== undefined) {
    const aliases = await aliasesOf(git, repository, goes, options);
    kept = stayingRefs([goes, ...aliases]);
    if (aliases.length > 0) ofHead = await unreached([head], []);
  }
  const isHeadLost = head !== undefined && ofHead.size > 0 && !(await isElsewhere(head, upstreams));
  const ofLeft = left.length === 0 ? none : await unreached(left, head === undefined ? [] : [head]);
  const lostTips: string[] = [];
  for (const tip of left.filter((id) => ofLeft.has(id))) {
    // Picked onto the branch that is checked out now, it is among that one's commits.
    const others = head === undefined ? upstreams : [...upstreams, head];
    if (lostTips.length >= maxCompared || !(await isElsewhere(tip, others))) lostTips.push(tip);
  }
  const lostLeft = lostTips.length === 0 ? none : await unreached(lostTips, head === undefined ? [] : [head]);
  const detached = worktree.branch === undefined && isHeadLost ? [head] : [];
  const named = [...detached, ...lostTips].map((id) => `git branch NAME ${id.slice(0, 10)}`);
  const short = ([id, subject]: readonly [string, string]): string => `${id.slice(0, 10)} ${subject}`;
  return {
    subjects: [
      ...(isHeadLost ? (worktree.branch === undefined ? [...ofHead].map(short) : ofHead.values()) : []),
      ...[...lostLeft].map(short),
    ],
    advice: named.length === 0 ? undefined : `no branch has them: make one of each that you want (${named.join('; ')})`,
  };
}

/**
 * The default branch, here and on `origin`, as far as there are such.
 *
 * @param but a branch that does not count
 */
export async function defaultBranches(
  git: Git,
  repository: Repository,
  but: string | undefined,
  signal?: AbortSignal,
): Promise<{ readonly name: string; readonly commit: string }[]> {
  const { defaultBranch } = repository;
  const found: { name: string; commit: string }[] = [];
  for (const [ref, name] of [
    [`refs/heads/${defaultBranch}`, defaultBranch],
    [`refs/remotes/origin/${defaultBranch}`, `origin/${defaultBranch}`],
  ] as const) {
    if (ref === `refs/heads/${but}`) continue;
    const commit = await commitOfRef(git, repository, ref, signal);
    if (commit !== undefined) found.push({ name, commit });
  }
  return found;
}

/** Of `rev-list --format=tformat:%H %s`, which writes a line of its own before each. */
export function subjectsById(output: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, id = '', subject = ''] of output.matchAll(/^([0-9a-f]{40,64}) (.*)$/gm)) found.set(id, subject);
  return found;
}
