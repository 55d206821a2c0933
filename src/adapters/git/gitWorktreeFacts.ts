import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BranchState } from '../../core/worktrees/branchState';
import type { Repository, Worktree } from '../../core/model';
import type { FolderSize, WorktreeFacts, WorktreeTimes } from '../../core/ports/worktreeFacts';
import { branchStateOf } from './worktrees/branchState';
import { identityFileName } from './records/fileIdentities';
import { folderSize } from './files/folderSize';
import { Git, gitFailed } from './program/git';

export class GitWorktreeFacts implements WorktreeFacts {
  readonly #git: Git;

  /** @param env what git inherits (PATH, HOME, …): `process.env`; variables of a hook that runs us are left out */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#git = new Git(env);
  }

  size({ path }: Worktree, without: readonly string[], signal?: AbortSignal): Promise<FolderSize> {
    return telling(`The size of ${path} cannot be told`, () => folderSize(path, without, signal));
  }

  async times({ path, gitDir }: Worktree): Promise<WorktreeTimes> {
    const [folder, record, link] = await Promise.all([
      stat(path).catch(() => undefined),
      stat(join(gitDir, identityFileName)).catch(() => undefined),
      lstat(join(path, '.git')).catch(() => undefined),
    ]);
    // Where a file system does not write down when something was made, it says zero.
    return {
      madeAt: folder && folder.birthtimeMs > 0 ? folder.birthtimeMs : undefined,
      environmentAt: record?.mtimeMs,
      // A delete takes it out of the folder, and what brings the worktree back puts it there again.
      placedAt: link?.isFile() ? link.ctimeMs : undefined,
    };
  }

  branchState(repository: Repository, worktree: Worktree, signal?: AbortSignal): Promise<BranchState> {
    return telling(`It cannot be told what else has the commits of ${worktree.path}`, () =>
      branchStateOf(this.#git, repository, worktree, signal),
    );
  }
}

async function telling<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw gitFailed(what, error);
  }
}
