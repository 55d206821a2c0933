import type { Identity, Repository } from '../../../core/model';
import type { Begun } from '../../../core/ports/worktrees';
import { readWorktrees, type KnownWorktree } from '../../worktrees/readWorktrees';
import { begunPlace } from '../begunPlace';
import type { CreatePorts } from '../createPorts';
import type { PreparedCreate } from '../preparedCreate';

export interface RecordedWorktree extends KnownWorktree {
  /** Also one that came here with a copy of another repository. */
  readonly recorded: Identity | undefined;
}

/** The worktrees of a repository, with the records that are its own. */
export async function readKnown(
  ports: Pick<CreatePorts, 'worktrees' | 'identities'>,
  repository: Repository,
  signal: AbortSignal,
): Promise<RecordedWorktree[]> {
  const known = await readWorktrees(ports, repository, signal);
  return known.map(({ worktree, identity: recorded, problem }) => {
    // A copied repository has records of what the other one owns.
    const identity = recorded?.owner.repositoryId === repository.id ? recorded : undefined;
    return { worktree, identity, recorded, problem };
  });
}

/** Whether worktrees and records are what they were when that was decided: no other create or delete was quicker. */
export async function isAsSeen(
  ports: Pick<CreatePorts, 'worktrees' | 'identities'>,
  { repository, target, seen }: PreparedCreate,
  signal: AbortSignal,
): Promise<boolean> {
  const known = await readKnown(ports, repository, signal);
  return seen === seenAs(known, await ports.identities.readBegun(begunPlace(repository, target)));
}

/** All that was read, to be compared. */
export function seenAs(known: readonly RecordedWorktree[], written: Begun | undefined): string {
  const worktrees = known.map(({ worktree, recorded, problem }) => ({ worktree, recorded, problem: problem?.message }));
  return JSON.stringify({ worktrees, written });
}
