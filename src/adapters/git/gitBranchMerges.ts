import type { Repository, Worktree } from '../../core/model';
import type { BranchMerges, MergedBranches, MergeLook } from '../../core/ports/branchMerges';
import { Git, gitFailed } from './program/git';
import { mergeInto } from './merge/mergeInto';
import { lookAtMerge } from './merge/mergeLook';
import { WorktreeList } from './worktrees/worktreeList';

export class GitBranchMerges implements BranchMerges {
  readonly #git: Git;
  readonly #list: WorktreeList;

  /** @param env what git inherits: `process.env` */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#git = new Git(env);
    this.#list = new WorktreeList(this.#git);
  }

  async look(
    repository: Repository,
    branches: MergedBranches,
    worktrees: readonly Worktree[],
    signal?: AbortSignal,
  ): Promise<MergeLook> {
    try {
      return await lookAtMerge(this.#git, repository, branches, worktrees, signal);
    } catch (error) {
      throw gitFailed(`What a merge of ${branches.branch} into ${branches.base} would do cannot be told`, error);
    }
  }

  async merge(repository: Repository, look: MergeLook): Promise<string> {
    const worktrees = await this.#list.list(repository);
    return mergeInto(this.#git, repository, look, worktrees);
  }
}
