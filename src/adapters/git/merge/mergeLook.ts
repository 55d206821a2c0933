import { AppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { MergedBranches, MergeLook, MergePlace, MergeSource } from '../../../core/ports/branchMerges';
import { commitOfRef } from '../history/branches';
import { isCutOffCheckout } from '../work/cutOffCheckout';
import { GitFailure, type Git } from '../program/git';
import { withObjectStore } from '../history/integrated';
import { holderOf } from '../history/branchHolder';
import { mergeSettings } from './mergeSettings';
import { mergeTree } from './mergeTree';
import { movedUnder } from '../work/movedUnder';
import { numstatArguments, parseNumstat } from '../program/numstat';
import { operationsIn } from '../work/operations';
import { WorktreeStatuses } from '../work/worktreeStatus';
import { parseTreeChange, writtenOver } from '../work/writtenOver';

const maxFiles = 5_000;
const maxSubjects = 5;

/** What a merge of one branch into another would do; see the port. */
export async function lookAtMerge(
  git: Git,
  repository: Repository,
  { branch, base }: MergedBranches,
  worktrees: readonly Worktree[],
  signal?: AbortSignal,
): Promise<MergeLook> {
  const [tip, from] = await Promise.all(
    [branch, base].map((name) => commitOfRef(git, repository, `refs/heads/${name}`, signal)),
  );
  if (tip === undefined) throw new AppError('notFound', `There is no branch ${branch} in this repository.`);
  if (from === undefined)
    throw new AppError(
      'notFound',
      `There is no branch ${base} in this repository to take ${branch} into. Where only a remote has it, "git branch ${base} origin/${base}" makes it.`,
    );
  const [at, worktree] = await Promise.all([branch, base].map((name) => holderOf(worktrees, name)));
  const [common, settings, source] = await Promise.all([
    git.try(repository.root, ['merge-base', from, tip], { trust: 'read', signal }),
    mergeSettings(
      git,
      worktree?.prunable === undefined ? (worktree?.path ?? repository.root) : repository.root,
      base,
      signal,
    ),
    at && sourceOf(git, at, tip, signal),
  ]);
  const mergeBase = common?.split('\n', 1)[0] || undefined;
  const isIn = mergeBase === tip;
  const isAhead = mergeBase === from;
  const makesCommit = !isIn && (!isAhead || settings.fastForward === 'never');
  const kind = isIn ? 'none' : makesCommit ? 'merge' : 'fastForward';
  const [work, joined] = await Promise.all([
    workOf(git, repository, { from, tip, mergeBase }, signal),
    withObjectStore(repository, async (env) => {
      const merged =
        kind === 'none' || mergeBase === undefined || isAhead
          ? ({ kind: 'clean', tree: `${isIn ? from : tip}^{tree}` } as const)
          : await mergeTree(git, repository, [from, tip], { env, signal });
      // What an older git cannot tell is taken for what the branch adds.
      const change = merged.kind === 'clean' ? ([from, merged.tree] as const) : ([mergeBase ?? from, tip] as const);
      const place = worktree && kind !== 'none' && (await placeOf(git, worktree, { change, from, tip, env }, signal));
      return { merged, place: place || undefined };
    }),
  ]);
  const { merged } = joined;
  const old = merged.kind === 'unknown' && makesCommit ? ['a git before 2.38'] : [];
  return {
    ...{ branch, base, tip, from, kind, ...work },
    conflicts: merged.kind === 'unknown' ? undefined : merged.kind === 'conflicts' ? merged.files : [],
    isUnrelated: mergeBase === undefined,
    forbiddenBy: kind === 'merge' && !isAhead && settings.fastForward === 'only' ? settings.by : undefined,
    needsWorktree: [...settings.ofAll, ...(makesCommit ? [...settings.ofCommits, ...old] : [])],
    place: joined.place,
    source,
  };
}

async function sourceOf(git: Git, worktree: Worktree, tip: string, signal?: AbortSignal): Promise<MergeSource> {
  // What its folder has, which is gone, nobody can tell.
  if (worktree.prunable !== undefined) return { worktree, changed: 0, untracked: 0, operations: [] };
  const [{ changed, untracked }, operations] = await Promise.all([
    new WorktreeStatuses(git).one(worktree, signal),
    operationsIn(git, worktree.gitDir),
  ]);
  const leftAt = await leftAtIn(git, worktree, tip, { changed, operations }, signal);
  return { worktree, changed, untracked, operations, leftAt };
}

async function leftAtIn(
  git: Git,
  worktree: Worktree,
  head: string,
  { changed, operations }: { readonly changed: number; readonly operations: readonly string[] },
  signal?: AbortSignal,
): Promise<string | undefined> {
  return changed > 0 && operations.length === 0 ? movedUnder(git, worktree, head, signal) : undefined;
}

async function workOf(
  git: Git,
  repository: Repository,
  { from, tip, mergeBase }: { readonly from: string; readonly tip: string; readonly mergeBase: string | undefined },
  signal?: AbortSignal,
): Promise<Pick<MergeLook, 'commits' | 'subjects' | 'files' | 'isCut'>> {
  const options = { trust: 'read', signal } as const;
  const range = `${from}..${tip}`;
  const [count, log, diff] = await Promise.all([
    git.run(repository.root, ['rev-list', '--count', range, '--'], options),
    git.run(repository.root, ['log', '-z', `--max-count=${maxSubjects}`, '--format=tformat:%s', range, '--'], options),
    mergeBase === undefined ? '' : git.run(repository.root, [...numstatArguments, mergeBase, tip, '--'], options),
  ]);
  const files = parseNumstat(diff).sort((one, other) => (one.path < other.path ? -1 : 1));
  return {
    commits: Number(count.trim()),
    subjects: log.split('\0').slice(0, -1),
    files: files.slice(0, maxFiles),
    isCut: files.length > maxFiles,
  };
}

interface Coming {
  /** Two trees: what the worktree has, and what it is to have. */
  readonly change: readonly [string, string];
  readonly from: string;
  readonly tip: string;
  readonly env: Readonly<Record<string, string>>;
}

async function placeOf(
  git: Git,
  worktree: Worktree,
  { change, from, tip, env }: Coming,
  signal?: AbortSignal,
): Promise<MergePlace> {
  const none = { worktree, changed: 0, inTheWay: [], operations: [] };
  if (worktree.prunable !== undefined) return { ...none, isCutOff: false };
  const [status, operations, diff] = await Promise.all([
    new WorktreeStatuses(git).one(worktree, signal),
    operationsIn(git, worktree.gitDir),
    git.run(worktree.path, ['diff-tree', '-r', '-z', '--no-renames', '--name-status', ...change, '--'], {
      ...{ trust: 'read', signal, env },
    }),
  ]);
  const ours =
    status.changed > 0 &&
    operations.every((name) => name === 'merge') &&
    (await isJust(git, worktree, change[1], env, signal)) &&
    (operations.length === 0 || (await mergedHead(git, worktree, signal)) === tip);
  if (ours) return { ...none, isCutOff: true };
  const inTheWay = await writtenOver(worktree.path, parseTreeChange(diff));
  const isTouched = status.changed + inTheWay.length > 0 && operations.length === 0;
  if (isTouched && (await isCutOffCheckout(git, worktree, { before: from, after: change[1] })))
    return { ...none, isCutOff: true };
  const leftAt = await leftAtIn(git, worktree, from, { changed: status.changed, operations }, signal);
  return { worktree, changed: status.changed, inTheWay, operations, leftAt, isCutOff: false };
}

/** Whether index and files are a tree: all that was changed there is what a merge that was cut off has put there. */
async function isJust(
  git: Git,
  worktree: Worktree,
  tree: string,
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<boolean> {
  const options = { trust: 'check', signal, env } as const;
  const same = async (argv: readonly string[]): Promise<boolean> =>
    (await git.try(worktree.path, argv, options)) !== undefined;
  return (
    (await same(['diff-index', '--cached', '--quiet', tree, '--'])) && (await same(['diff-files', '--quiet', '--']))
  );
}

/** The commit of a merge that is under way. */
export async function mergedHead(git: Git, worktree: Worktree, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const told = await git.run(worktree.path, ['rev-parse', '--verify', '--quiet', 'MERGE_HEAD'], {
      ...{ trust: 'read', signal },
    });
    return told.trim() || undefined;
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}
