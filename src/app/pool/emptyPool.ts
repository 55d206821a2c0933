import { isAppError } from '../../core/errors';
import type { UseCase } from '../run/run';
import { withLock } from '../run/withLock';
import { lookAtSpare } from '../spares/lookAtSpare';
import { spareLock } from '../spares/spareLock';
import { poolLock, type PoolPorts } from './poolPorts';

export interface EmptiedPool {
  /** Folders. */
  readonly removed: readonly string[];
  /** Those that somebody works in: they are worktrees like any other now. */
  readonly released: readonly string[];
  /** Those that are left as they are, and why. */
  readonly left: readonly { readonly folder: string; readonly why: string }[];
}

/** Removes all spares of a repository but those that somebody works in. @throws conflict while another one fills or empties it */
export function emptyPool(ports: PoolPorts): UseCase<{ readonly folder: string }, EmptiedPool> {
  return async ({ folder }, { signal }) => {
    const { worktrees, spares, locks } = ports;
    const repository = await worktrees.repository(folder, signal);
    const removed: string[] = [];
    const released: string[] = [];
    const left: { readonly folder: string; readonly why: string }[] = [];
    await withLock(locks, poolLock(repository), 'spare worktrees are being removed', async () => {
      left.push(...(await worktrees.recover(repository)));
      for (const spare of await spares.list(repository, signal)) {
        const { path } = spare.worktree;
        await withLock(locks, spareLock(spare.worktree.spare ?? ''), 'a spare is being removed', async () => {
          if (spare.newer !== undefined) return void left.push({ folder: path, why: spare.newer });
          if (spare.record && spare.record.repositoryId !== repository.id)
            return void left.push({ folder: path, why: 'another repository has made it' });
          // What was cut off has nothing that anybody misses, once it is complete.
          if (spare.record?.state === 'making' && spare.worktree.prunable === undefined)
            try {
              await spares.finish(repository, spare, signal);
            } catch (error) {
              if (!isAppError(error, 'conflict')) throw error;
              return void left.push({ folder: path, why: error.message });
            }
          const { work, programs, unknown } = await lookAtSpare(ports, spare, signal);
          const why = unknown ?? (programs.length > 0 ? `${programs.join(', ')} works in it` : undefined);
          if (why !== undefined) return void left.push({ folder: path, why });
          try {
            if (work.length === 0) {
              await spares.discard(repository, spare, signal);
              return void removed.push(path);
            }
          } catch (error) {
            if (!isAppError(error, 'conflict')) throw error;
          }
          await spares.release(spare);
          return void released.push(path);
        });
      }
    });
    return { removed, released, left };
  };
}
