import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Owner, Repository } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import { readWorktrees } from '../worktrees/readWorktrees';

export interface LeastUsedPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly cluster: Pick<Cluster, 'read'>;
}

export interface LeastUsed {
  /** What a person calls it: its branch. */
  readonly name: string;
  /** The worktree's folder. */
  readonly path: string;
}

/**
 * Of a repository's environments that run, the one in whose worktree nobody has changed anything for the longest time. Whether somebody
 * asks its services for something is not known here.
 *
 * @param but whose is not meant
 */
export async function leastUsed(
  { worktrees, identities, cluster }: LeastUsedPorts,
  repository: Repository,
  but: Owner | undefined,
  signal: AbortSignal,
): Promise<LeastUsed | undefined> {
  const [known, facts] = await Promise.all([
    readWorktrees({ worktrees, identities }, repository, signal),
    cluster.read(repository.id, signal),
  ]);
  const isAwake = (owner: Owner): boolean =>
    facts.some(
      (each) =>
        isSameOwner(each, owner) &&
        !each.terminating &&
        each.deployments.some(({ desired }) => desired > 0) &&
        each.deployments.every(({ asleep }) => asleep === undefined),
    );
  const awake = known.flatMap(({ worktree, identity }) => {
    const isMeant = identity?.state === 'created' && !isSameOwner(but, identity.owner) && isAwake(identity.owner);
    return isMeant && worktree.prunable === undefined ? [worktree] : [];
  });
  const used = await Promise.all(
    awake.map(async (worktree) => ({
      worktree,
      at: await worktrees.lastChange(worktree, signal).catch(() => undefined),
    })),
  );
  signal.throwIfAborted();
  // Of what nobody can tell it is not said that it is used least.
  const [least] = used
    .flatMap(({ worktree, at }) => (at === undefined ? [] : [{ worktree, at }]))
    .sort((a, b) => a.at - b.at);
  return least && { name: least.worktree.branch ?? least.worktree.path, path: least.worktree.path };
}
