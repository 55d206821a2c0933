import type { Repository } from '../../core/model';
import type { BranchPushes } from '../../core/ports/branchPushes';
import type { PullRequest, PullRequests } from '../../core/ports/pullRequests';

export interface OpenRequestsPorts {
  readonly pushes: Pick<BranchPushes, 'remoteOf' | 'ownerOf'>;
  readonly pullRequests: Pick<PullRequests, 'listOpen'>;
}

/** No branch can be called so: it goes where all go that say nothing of their own. */
const anyBranch = 'HEAD';

/**
 * The open pull requests of what is pushed from here, by the branch: of a fork those of the fork, whichever remote it is.
 *
 * @throws as the ports do
 */
export async function openRequests(
  { pushes, pullRequests }: OpenRequestsPorts,
  repository: Repository,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PullRequest>> {
  const remote = await pushes.remoteOf(repository, anyBranch, signal).catch(() => undefined);
  signal.throwIfAborted();
  const owner = remote === undefined ? undefined : await pushes.ownerOf(repository, remote, signal);
  return pullRequests.listOpen(repository.root, owner, signal);
}
