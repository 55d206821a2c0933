import { AppError } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { MergeLook, MergePlace } from '../../../core/ports/branchMerges';
import { commitOfRef } from '../history/branches';
import { holderOf } from '../history/branchHolder';
import { isIndexLocked, takeBackCheckout } from '../work/cutOffCheckout';
import { GitFailure, gitFailed, type Git } from '../program/git';
import { mergedHead } from './mergeLook';
import { mergeSettings } from './mergeSettings';
import { mergeTree } from './mergeTree';
import type { CommitPair } from '../work/restoreFiles';

/** What settings of the repository may say otherwise, and what is not meant here. */
const asMeant = ['--no-squash', '--no-autostash', '--no-stat', '--quiet'];
const write = { trust: 'write' } as const;

/**
 * Does what was looked at. A merge is made of commits first, where no hook or setting has to be heeded in a worktree: what comes into
 * the base is then a fast-forward in any case, which git refuses where the base has moved.
 */
export async function mergeInto(
  git: Git,
  repository: Repository,
  look: MergeLook,
  worktrees: readonly Worktree[],
): Promise<string> {
  if (look.kind === 'none') return look.from;
  await refuseOther(git, repository, look, worktrees);
  if (look.kind === 'merge' && look.place && look.needsWorktree.length > 0)
    return mergeThere(git, repository, look, look.place);
  const commit = look.kind === 'fastForward' ? look.tip : await mergeCommit(git, repository, look);
  if (look.place) await forwardThere(git, look, look.place, commit);
  else await forwardRef(git, repository, look, commit);
  return commit;
}

/** @throws conflict where a branch, or where the base is checked out, is another than was looked at */
async function refuseOther(
  git: Git,
  repository: Repository,
  { branch, base, tip, from, place }: MergeLook,
  worktrees: readonly Worktree[],
): Promise<void> {
  const [tipNow, fromNow] = await Promise.all(
    [branch, base].map((name) => commitOfRef(git, repository, `refs/heads/${name}`)),
  );
  if (tipNow !== tip) throw moved(branch, tip, tipNow);
  if (fromNow !== from) throw moved(base, from, fromNow);
  const at = await holderOf(worktrees, base);
  if (at?.path !== place?.worktree.path)
    throw new AppError(
      'conflict',
      `${base} is checked out ${at ? `in ${at.path}` : 'nowhere'} by now, which nobody has looked at: nothing was merged. Try again.`,
      { remedy: { title: 'Try Again', action: { kind: 'retry' } } },
    );
}

function moved(name: string, seen: string, now: string | undefined): AppError {
  const what = now === undefined ? 'was deleted' : `was moved from ${seen.slice(0, 7)} to ${now.slice(0, 7)}`;
  return new AppError(
    'conflict',
    `${name} ${what} just now, which nobody has looked at: nothing was merged. Try again.`,
    {
      remedy: { title: 'Try Again', action: { kind: 'retry' } },
    },
  );
}

function messageOf({ defaultBranch }: Repository, { branch, base }: MergeLook): string {
  return `Merge branch '${branch}'${base === defaultBranch ? '' : ` into ${base}`}`;
}

/** Else a commit says that its message is in the encoding that a user has set, which nobody has put it into. */
const inUtf8 = ['-c', 'i18n.commitEncoding=UTF-8'];

/** The commit of the merge, that no ref leads to yet. */
async function mergeCommit(git: Git, repository: Repository, look: MergeLook): Promise<string> {
  const { branch, base, from, tip, place } = look;
  const folder = place?.worktree.path ?? repository.root;
  const merged = await mergeTree(git, repository, [from, tip]);
  if (merged.kind === 'conflicts') throw inConflict(look, merged.files);
  if (merged.kind === 'unknown')
    throw new AppError('failed', `To merge where ${base} is checked out nowhere takes git 2.38 or newer.`);
  const { signs } = await mergeSettings(git, folder, base);
  const argv = [
    ...inUtf8,
    'commit-tree',
    ...(signs ? ['-S'] : []),
    '-p',
    from,
    '-p',
    tip,
    '-m',
    messageOf(repository, look),
  ];
  try {
    return (await git.run(folder, [...argv, merged.tree], write)).trim();
  } catch (error) {
    throw gitFailed(`${branch} was not merged into ${base}`, error);
  }
}

function inConflict({ branch, base }: MergeLook, files: readonly string[]): AppError {
  const shown = files.slice(0, 5).join(', ') + (files.length > 5 ? ` and ${files.length - 5} more` : '');
  return new AppError(
    'conflict',
    `${branch} and ${base} are in conflict: ${shown}. Nothing was changed. Merge ${base} into ${branch} in its worktree first.`,
    { explanation: files.join('\n') },
  );
}

/** Where the base is checked out nowhere. */
async function forwardRef(
  git: Git,
  repository: Repository,
  { branch, base, from }: MergeLook,
  commit: string,
): Promise<void> {
  const argv = ['update-ref', '-m', `merge ${branch}: Promoted`, `refs/heads/${base}`, commit, from];
  try {
    await git.run(repository.root, argv, write);
  } catch (error) {
    const now = await commitOfRef(git, repository, `refs/heads/${base}`);
    if (now === commit) return;
    if (now !== from) throw moved(base, from, now);
    throw gitFailed(`${branch} was not merged into ${base}`, error);
  }
}

/** Index and files follow, by git itself. */
async function forwardThere(
  git: Git,
  { branch, base, from, tip }: MergeLook,
  place: MergePlace,
  commit: string,
): Promise<void> {
  const { worktree } = place;
  await takeBackCutOff(git, place, tip, { before: from, after: commit });
  try {
    await git.run(worktree.path, ['merge', '--ff-only', '--no-overwrite-ignore', ...asMeant, commit], write);
  } catch (error) {
    const now = await headOf(git, worktree);
    if (now === commit) return;
    if (now !== from) throw moved(base, from, now);
    // Git writes the files before it moves the branch, and leaves them so where it is killed, or a hook refuses that.
    if (await isIndexLocked(worktree)) await takeBackCheckout(git, worktree, { before: from, after: commit });
    else await takeBackIndex(git, worktree, commit, from);
    throw gitFailed(`${branch} was not merged into ${base}`, error);
  }
}

async function headOf(git: Git, worktree: Worktree): Promise<string | undefined> {
  return (await git.try(worktree.path, ['rev-parse', '--verify', '--quiet', 'HEAD'], { trust: 'read' }))?.trim();
}

/**
 * Index and files become those of a commit again, which they were before. Only where the index is just what was to come: what somebody
 * has staged meanwhile stays.
 *
 * @param to a commit or a tree
 */
async function takeBackIndex(git: Git, { path }: Worktree, to: string, from: string): Promise<void> {
  const argv = ['diff-index', '--cached', '--quiet', to, '--'];
  if ((await git.try(path, argv, { trust: 'check' })) === undefined) return;
  await git.try(path, ['read-tree', '-m', '-u', to, from], write);
}

async function takeBackCutOff(
  git: Git,
  { worktree, isCutOff }: MergePlace,
  tip: string,
  change: CommitPair,
): Promise<void> {
  if (!isCutOff) return;
  if ((await mergedHead(git, worktree)) === tip) await git.run(worktree.path, ['merge', '--abort'], write);
  else if (await isIndexLocked(worktree)) await takeBackCheckout(git, worktree, change);
}

/** Git's own merge, with its hooks and all settings; what refuses it is taken back. */
async function mergeThere(git: Git, repository: Repository, look: MergeLook, place: MergePlace): Promise<string> {
  const { branch, base, from, tip } = look;
  const { worktree } = place;
  const { path } = worktree;
  const merged = await mergeTree(git, repository, [from, tip]);
  const change = { before: from, after: merged.kind === 'clean' ? merged.tree : tip };
  await takeBackCutOff(git, place, tip, change);
  try {
    await git.run(
      path,
      [...inUtf8, 'merge', '--no-ff', '--commit', '--no-edit', ...asMeant, '-m', messageOf(repository, look), tip],
      write,
    );
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const argv = ['diff', '--name-only', '--diff-filter=U', '-z'];
    const files = ((await git.try(path, argv, { trust: 'check' })) ?? '').split('\0').filter((file) => file !== '');
    if (await isIndexLocked(worktree)) await takeBackCheckout(git, worktree, change);
    await takeBackMerge(git, repository, look, worktree);
    if (files.length > 0) throw inConflict(look, files);
    throw gitFailed(`${branch} was not merged into ${base}`, error);
  }
  return (await headOf(git, worktree)) ?? from;
}

/** A hook that keeps the base from moving keeps git's own abort from its end, too: then the files go back without it. */
async function takeBackMerge(
  git: Git,
  repository: Repository,
  { branch, base, from, tip }: MergeLook,
  worktree: Worktree,
): Promise<void> {
  const { path } = worktree;
  if ((await headOf(git, worktree)) !== from) return;
  const isBegun = async (): Promise<boolean> => (await mergedHead(git, worktree)) === tip;
  if ((await isBegun()) && (await git.try(path, ['merge', '--abort'], write)) !== undefined) return;
  const merged = await mergeTree(git, repository, [from, tip]);
  if (merged.kind === 'clean') await takeBackIndex(git, worktree, merged.tree, from);
  if (!(await isBegun())) return;
  const isBack = await git.try(path, ['diff-index', '--cached', '--quiet', from, '--'], { trust: 'check' });
  if (isBack !== undefined) await git.try(path, ['merge', '--quit'], write);
  if (await isBegun())
    throw new AppError(
      'failed',
      `${branch} was not merged into ${base}, and the merge that was begun in ${path} could not be taken back: "git merge --abort" there does.`,
    );
}
