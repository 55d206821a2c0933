import { toAppError } from '../../core/errors';
import type { Repository } from '../../core/model';
import type { SpareRecord } from '../../core/ports/spares';
import { isFor, wantedNow } from './fillPool';
import { isUntouched, lookAtSpare } from '../spares/lookAtSpare';
import { poolLock, type PoolPorts } from './poolPorts';
import { whyNoRoom } from './whyNoRoom';

export interface PoolStatus {
  /** How many the setting wants. */
  readonly size: number;
  readonly spares: readonly SpareStatus[];
  /** What is done with them now; undefined: nothing. */
  readonly busy: string | undefined;
  /** Why none is made now. */
  readonly waits: string | undefined;
}

export interface SpareStatus {
  readonly folder: string;
  /** `used`: somebody works in it; `outdated`: the next fill makes another instead. A create takes only what is ready. */
  readonly state: SpareRecord['state'] | 'used' | 'outdated' | 'gone';
  readonly has: SpareRecord['has'];
  readonly commit: string;
  /** What to know of it, for a person. */
  readonly why: string | undefined;
}

/** Reads only. */
export async function poolStatus(ports: PoolPorts, folder: string, signal: AbortSignal): Promise<PoolStatus> {
  const { worktrees, spares, locks, settings } = ports;
  const repository = await worktrees.repository(folder, signal);
  const found = await spares.list(repository, signal);
  const wanted = found.length === 0 ? undefined : await wantedOrNothing(ports, repository, signal);
  const statuses = found.map(async (spare): Promise<SpareStatus> => {
    const { record, worktree } = spare;
    const about = { folder: worktree.path, has: record?.has ?? 'checkout', commit: worktree.head } as const;
    if (worktree.prunable !== undefined) return { ...about, state: 'gone', why: worktree.prunable };
    if (!record) return { ...about, state: 'unfit', why: spare.newer ?? 'it has no record that can be read' };
    if (record.state === 'making') return { ...about, state: record.state, why: record.why };
    const look = await lookAtSpare(ports, spare, signal);
    const uses = look.unknown ?? [...look.work, ...look.programs].slice(0, 3).join(', ');
    if (record.state === 'unfit') {
      const stays = `somebody may have changed it since (${uses}), so "coppice pool empty" makes it a worktree like any other`;
      const why = [record.why, ...(isUntouched(look) ? [] : [stays])].filter(Boolean).join('; ');
      return { ...about, state: record.state, why };
    }
    if (!isUntouched(look)) return { ...about, state: 'used', why: uses };
    const isOutdated = wanted !== undefined && !isFor(record, wanted);
    return { ...about, state: isOutdated ? 'outdated' : 'ready', why: record.why };
  });
  const [all, busy, waits] = await Promise.all([
    Promise.all(statuses),
    locks.whatHolds(poolLock(repository)),
    whyNoRoom(ports),
  ]);
  return { size: settings()['pool.size'], spares: all, busy, waits };
}

/** undefined: nobody can tell what a create would start from. */
async function wantedOrNothing(
  ports: PoolPorts,
  repository: Repository,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<typeof wantedNow>> | undefined> {
  try {
    return await wantedNow(ports, repository, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (toAppError(error).code === 'bug') throw error;
    return undefined;
  }
}
