import { AppError } from '../../core/errors';
import type { Identity, Worktree } from '../../core/model';
import { isSameOwner } from '../../core/clusters/isSameOwner';

type Known = readonly { readonly worktree: Worktree; readonly identity: Identity | undefined }[];

/**
 * A record that was copied into another worktree's git directory claims what is not its own: nobody can say which of the two
 * the environment belongs to, so nothing is changed.
 *
 * @throws conflict naming the two
 */
export function refuseSharedRecord(known: Known, worktree: Worktree, identity: Identity | undefined): void {
  const other =
    identity &&
    known.find((each) => each.worktree.path !== worktree.path && isSameOwner(each.identity?.owner, identity.owner));
  if (!identity || !other) return;
  throw new AppError(
    'conflict',
    `The worktrees ${worktree.path} and ${other.worktree.path} both have the record of ${identity.names.namespace}: delete coppice.json from the git directory of the one that it was not made for.`,
    { explanation: `${worktree.gitDir}\n${other.worktree.gitDir}` },
  );
}
