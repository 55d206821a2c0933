import { AppError } from '../../core/errors';
import type { Clock } from '../../core/ports/host';
import type { UseCase } from '../run/run';
import { worktreeAt, type WorktreeAtPorts } from '../worktrees/worktreeAt';
import { changeCleanupMemory, type MemoryPorts } from './cleanupMemory';

export interface KeepPorts extends WorktreeAtPorts, MemoryPorts {
  readonly clock: Clock;
}

/**
 * Counts worktrees as used now: notice that they go by themselves is taken back, and none is proposed before its time is over anew.
 *
 * @throws notFound where one has no environment: nothing of it goes by itself
 */
export function keepUsed(ports: KeepPorts): UseCase<{ readonly paths: readonly string[] }, void> {
  return async ({ paths }, { signal }) => {
    const owners = [];
    for (const path of paths) {
      const { identity } = await worktreeAt(ports, path, signal);
      if (!identity)
        throw new AppError('notFound', `${path} has no environment: nothing of it goes by itself, and it stays.`);
      owners.push(identity.owner);
    }
    const at = ports.clock.now();
    for (const { repositoryId, worktreeId } of owners)
      await changeCleanupMemory(
        ports,
        repositoryId,
        ({ notices, usedAt, ...memory }) => ({
          ...memory,
          notices: notices.filter((notice) => notice.worktreeId !== worktreeId),
          usedAt: { ...usedAt, [worktreeId]: at },
        }),
        signal,
      );
  };
}
