import { isAbort } from '../../core/errors';
import type { Repository, Worktree } from '../../core/model';
import type { FolderPrograms } from '../../core/ports/folderPrograms';
import type { Locks } from '../../core/ports/host';
import type { ClaimSpare, Spare, Spares } from '../../core/ports/spares';
import type { Settings } from '../../core/settings';
import { withLock } from '../run/withLock';
import { isUntouched, lookAtSpare } from './lookAtSpare';
import { decidingPaths, isOfLockfiles, placedCaches } from './spareDependencies';
import { spareLock } from './spareLock';

export interface ClaimPorts {
  /** undefined: none are kept. */
  readonly spares?: Spares | undefined;
  readonly programs?: FolderPrograms | undefined;
  readonly locks: Locks;
  readonly settings: () => Pick<Settings, 'pool.size'>;
}

export interface ClaimRequest extends Omit<ClaimSpare, 'without'> {
  readonly repository: Repository;
  /** Of all projects in the commit, relative to the worktree. */
  readonly lockfiles: readonly string[];
}

/**
 * Makes a spare that is ready the worktree of a new branch: one of the same commit before others, which must have the dependencies that
 * the branch's commit wants. What keeps it from that is no failure: it is as it was then, and the worktree is made otherwise.
 *
 * @returns undefined: there is none that fits, or another create was quicker
 * @throws only the AbortError
 */
export async function claimReady(
  { spares, programs, locks, settings }: ClaimPorts,
  { repository, lockfiles, ...request }: ClaimRequest,
  signal: AbortSignal,
): Promise<Worktree | undefined> {
  if (!spares || !programs || settings()['pool.size'] === 0) return undefined;
  const without = placedCaches(lockfiles);
  const claim = async (spare: Spare): Promise<Worktree | undefined> => {
    // It may be another's by now, or made anew.
    const [now] = (await spares.list(repository, signal)).filter(
      ({ worktree }) => worktree.spare === spare.worktree.spare,
    );
    if (now?.record?.state !== 'ready') return undefined;
    if (!isUntouched(await lookAtSpare({ spares, programs }, now, signal))) return undefined;
    return spares.claim(repository, now, { ...request, without }, signal);
  };
  let digest: Promise<string> | undefined;
  const wanted = (): Promise<string> =>
    (digest ??= spares.digest(repository, request.commit, decidingPaths(lockfiles), signal));
  return quietly(signal, async () => {
    const ready = (await spares.list(repository, signal)).filter(
      ({ worktree, record }) =>
        record?.state === 'ready' && record.repositoryId === repository.id && worktree.prunable === undefined,
    );
    const isSame = ({ record }: Spare): boolean => record?.commit === request.commit;
    for (const spare of [...ready.filter(isSame), ...ready.filter((each) => !isSame(each))]) {
      const { record } = spare;
      if (!record || record.digest !== (await wanted())) continue;
      if (!isSame(spare) && !isOfLockfiles(record)) continue;
      const lock = spareLock(spare.worktree.spare ?? '');
      const made = await quietly(signal, () => withLock(locks, lock, 'a spare is being claimed', () => claim(spare)));
      if (made) return made;
    }
    return undefined;
  });
}

async function quietly<T>(signal: AbortSignal, work: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || isAbort(error)) throw error;
    return undefined;
  }
}
