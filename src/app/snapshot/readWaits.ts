import type { EnvironmentFacts } from '../../core/facts';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Locks } from '../../core/ports/host';
import { waitLock } from '../services/waitLock';
import type { KnownWorktree } from '../worktrees/readWorktrees';

/** Those whose environment may be waiting for this machine to have room for it: that is begun, or sleeps. */
export function mayWait(known: readonly KnownWorktree[], facts: readonly EnvironmentFacts[]): readonly KnownWorktree[] {
  const asleep = facts.filter(({ deployments }) => deployments.some((each) => each.asleep !== undefined));
  return known.filter(
    ({ identity }) =>
      identity && (identity.state === 'creating' || asleep.some((each) => isSameOwner(each, identity.owner))),
  );
}

/** Why environments wait, by the path of the worktree; those that do. */
export async function readWaits(
  locks: Pick<Locks, 'whatHolds'>,
  known: readonly KnownWorktree[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    known.map(async ({ worktree, identity }) => {
      const reason = identity && (await locks.whatHolds(waitLock(identity.owner)));
      return reason === undefined ? [] : [[worktree.path, reason] as const];
    }),
  );
  return new Map(found.flat());
}
