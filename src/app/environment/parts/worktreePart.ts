import type { Worktree } from '../../../core/model';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import { checkOut, takeBack, type CheckoutNotes } from './worktreeCheckout';
import { worktreeRemoval } from './worktreeRemoval';

export interface CheckedOut {
  readonly worktree: Worktree;
  /** What to know of it, for a person. */
  readonly notes: readonly string[];
}

/** The folder that an environment is for, with the record of what it has. */
export const worktreePart = definePart({
  id: 'worktree',
  after: [namespacePart],
  title: ({ target }) =>
    target.kind === 'worktree' ? 'Record the environment in the worktree' : `Check out ${target.branch}`,
  notes: (): CheckoutNotes => ({
    addingAt: undefined,
    worktree: undefined,
    wroteIdentity: false,
    isClaimed: false,
    leftOut: [],
  }),
  async make({ ports, prepared, made, signal }, notes) {
    notes.worktree = await checkOut(ports, prepared, made(namespacePart).identity, notes, signal);
    const left = notes.leftOut.map((path) => `${path} is a repository of its own, which the fork has not.`);
    const value: CheckedOut = { worktree: notes.worktree, notes: left };
    const detail = notes.isClaimed ? `${notes.worktree.path}, which was ready` : notes.worktree.path;
    return { value, detail };
  },
  // Taken back after what stands beside it, as the list of parts has it: by then it is known what had to be left.
  undo: ({ ports, prepared, begun, made, signal }, notes) =>
    takeBack(ports, prepared, made(namespacePart).identity, notes, begun, signal),
  async look({ ports, worktree: removed, signal }) {
    if (!removed) return undefined;
    const { repository, worktree, isKept, branch } = removed;
    if (isKept) return { losses: [] };
    const options = { keepBranch: branch === undefined };
    return { losses: await ports.worktrees.losses(repository, worktree, signal, options) };
  },
  remove: worktreeRemoval,
  variables: ({ identity, branch, mainFolder }) => ({
    WORKTREE_NAME: identity.names.slug,
    WORKTREE_BRANCH: branch,
    COPPICE_MAIN_WORKTREE: mainFolder,
  }),
});
