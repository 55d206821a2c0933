import { AppError, isAbort, isAppError } from '../../../core/errors';
import type { FolderProgram } from '../../../core/ports/folderPrograms';
import type { SetAside } from '../../../core/ports/worktrees';
import { ofBranch } from '../begunPlace';
import type { Removal, RemovedWorktree, RemoveRun } from './removal';

const hourMs = 3600_000;

/** How a worktree goes: first out of its place, which may be refused, and once all else is gone for good, with its branch. */
export function worktreeRemoval(run: RemoveRun): readonly Removal[] {
  const { ports, worktree: removed } = run;
  if (!removed) return [];
  const { worktree, isKept, branch } = removed;
  if (isKept) {
    return [
      {
        phase: 'record',
        id: 'record',
        title: 'Forget the environment',
        run: () => ports.identities.remove(worktree),
      },
    ];
  }
  const going = new GoingWorktree(run, removed);
  const branchRemoval: Removal[] =
    branch === undefined
      ? []
      : [
          {
            phase: 'last',
            id: 'branch',
            title: `Delete the branch ${branch}`,
            run: () => going.deleteBranch(branch),
          },
        ];
  return [
    {
      phase: 'refuse',
      id: 'aside',
      title: `Take the folder ${worktree.path} out of its place`,
      run: ({ signal }) => going.setAside(signal),
      undo: () => going.putBack(),
    },
    {
      phase: 'record',
      id: 'worktree',
      title: `Remove the worktree ${worktree.path}`,
      run: () => going.keep(),
    },
    ...branchRemoval,
  ];
}

class GoingWorktree {
  readonly #run: RemoveRun;
  readonly #removed: RemovedWorktree;
  #aside: SetAside | undefined;
  #programs: readonly FolderProgram[] = [];

  constructor(run: RemoveRun, removed: RemovedWorktree) {
    this.#run = run;
    this.#removed = removed;
  }

  /** Services may have written until they ended: files, and rows. */
  async setAside(signal: AbortSignal): Promise<void> {
    const { ports, accepted } = this.#run;
    const { repository, worktree, branch } = this.#removed;
    await this.#run.lookAgain(signal);
    this.#programs = await this.#inside(signal);
    const keepMs = this.#run.ports.settings()['trash.hours'] * hourMs;
    const options = { keepBranch: branch === undefined, keep: keepMs > 0 ? 'all' : 'commits', keepMs } as const;
    this.#aside = await ports.worktrees.setAside(repository, worktree, accepted, signal, options);
  }

  /** What runs of the environment has ended by now: these are a person's, and go on. */
  async #inside(signal: AbortSignal): Promise<readonly FolderProgram[]> {
    const { path } = this.#removed.worktree;
    try {
      return (await this.#run.ports.folderPrograms?.in([path], signal))?.get(path) ?? [];
    } catch (error) {
      if (isAbort(error)) throw error;
      return [];
    }
  }

  async putBack(): Promise<void> {
    const { worktrees } = this.#run.ports;
    const { repository, worktree } = this.#removed;
    // What failed after it took effect is found again by where it is.
    if (this.#aside) await worktrees.putBack(repository, this.#aside);
    else await worktrees.restore(repository, worktree);
  }

  async keep(): Promise<string | undefined> {
    if (!this.#aside) throw new AppError('bug', 'A worktree was to be removed that was not set aside.');
    const { worktrees, identities } = this.#run.ports;
    const { repository, worktree, identity, branch } = this.#removed;
    // Once the worktree is gone nothing else says that the branch is ours to delete. A full disk is no reason to keep it all.
    if (identity && branch !== undefined) {
      const { worktreeId } = identity.owner;
      const begun = { worktreeId, createdBranch: true, deletingAt: worktree.head };
      await identities.writeBegun(ofBranch(repository, `refs/heads/${branch}`), begun).catch(() => undefined);
    }
    const { id: undo, recovery, left, lost } = await worktrees.keep(repository, this.#aside);
    this.#run.conclude({
      ...(undo === undefined ? {} : { undo }),
      ...(recovery.length === 0 ? {} : { recovery }),
      ...(left === undefined ? {} : { left }),
      ...(lost === undefined ? {} : { lost }),
      ...(this.#programs.length === 0 ? {} : { programs: this.#programs }),
    });
    return left ?? lost;
  }

  /** Whoever moved it on since has commits on it, and it stays. */
  async deleteBranch(branch: string): Promise<string | undefined> {
    const { worktrees, identities } = this.#run.ports;
    const { repository, worktree } = this.#removed;
    let kept: string | undefined;
    try {
      await worktrees.deleteBranch(repository, branch, worktree.head);
      this.#run.conclude({ branch: 'deleted' });
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
      kept = `kept: ${error.message}`;
    }
    await identities.removeBegun(ofBranch(repository, `refs/heads/${branch}`));
    return kept;
  }
}
