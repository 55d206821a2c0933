import type { CleanupMemory, CleanupNotices } from '../../core/ports/cleanupNotices';
import type { Locks } from '../../core/ports/host';
import { withBriefLock } from '../run/withLock';

export interface MemoryPorts {
  readonly notices: CleanupNotices;
  readonly locks: Locks;
}

/** Changes what is known of a repository; whoever else does waits for it. */
export async function changeCleanupMemory(
  { notices, locks }: MemoryPorts,
  repositoryId: string,
  change: (memory: CleanupMemory) => CleanupMemory,
  signal: AbortSignal,
): Promise<void> {
  await withBriefLock(locks, `notices ${repositoryId}`, 'what goes by itself is written down', signal, async () => {
    await notices.write(repositoryId, change(await notices.read(repositoryId)));
  });
}
