import type { BranchState } from '../../../core/worktrees/branchState';
import type { Loss } from '../../../core/errors';
import type { Repository, Worktree } from '../../../core/model';
import type { Git } from '../program/git';
import { integratedBy } from '../history/integrated';
import { lossOf } from './losses';
import { defaultBranches, lostCommits } from '../history/lostCommits';
import { isNoCommit } from '../program/parseWorktreeList';

/** It leads to a branch there, which is listed, too. */
const isHeadOfRemote = /^refs\/remotes\/.*\/HEAD$/;

/**
 * Where else the commits of a worktree are, were its branch to go, too. What is nowhere else is what a delete with the branch calls
 * unpushed, detached HEADs that were left among it.
 */
export async function branchStateOf(
  git: Git,
  repository: Repository,
  worktree: Worktree,
  signal?: AbortSignal,
): Promise<BranchState> {
  const { subjects, advice } = await lostCommits(git, repository, worktree, {}, signal);
  const [loss]: Loss[] = lossOf('unpushed', subjects, advice);
  if (loss) return { kind: 'unpushed', loss };
  const { head, branch } = worktree;
  // A branch without a commit has nothing that could be lost.
  if (isNoCommit(head)) return { kind: 'merged', rule: 'ancestor', into: repository.defaultBranch };
  for (const { name, commit } of await defaultBranches(git, repository, branch, signal)) {
    const rule = await integratedBy(git, repository, head, commit, signal);
    if (rule !== undefined) return { kind: 'merged', rule, into: name };
  }
  const holderIn = async (...refs: string[]): Promise<string | undefined> => {
    // Whole names: the short one of a branch is another where a tag is called like it.
    const argv = ['for-each-ref', '--format=%(refname)', `--contains=${head}`, ...refs];
    const names = (await git.run(repository.root, argv, { trust: 'read', signal })).split('\n');
    const others = names.filter((name) => name !== '' && name !== `refs/heads/${branch}` && !isHeadOfRemote.test(name));
    return others[0]?.replace(/^refs\/[^/]+\//, '');
  };
  const to = await holderIn('refs/remotes');
  if (to !== undefined) return { kind: 'pushed', to };
  const by = await holderIn('refs/heads', 'refs/tags');
  return { kind: 'kept', by: by ?? repository.defaultBranch };
}
