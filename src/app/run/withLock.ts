import { AppError, isAppError } from '../../core/errors';
import type { Locks } from '../../core/ports/host';

/** What is done under a lock is done, whether or not the lock can be let go of. @throws conflict when another holds it */
export async function withLock<T>(locks: Locks, key: string, what: string, work: () => Promise<T>): Promise<T> {
  return during(await locks.acquire(key, what), work);
}

/** The same with a lock that is held for moments only, and so is waited for: 20 seconds at most for each that has it meanwhile. */
export async function withBriefLock<T>(
  locks: Locks,
  key: string,
  what: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return during(await waitFor(locks, key, what, signal, 20_000, () => undefined), work);
}

/**
 * The same with a lock that others may hold for long, and that is waited for until the signal is aborted.
 *
 * @param onWait called once when it has to be waited for
 * @param work lets go of the lock before its end where it changes nothing any more
 */
export async function withPatientLock<T>(
  locks: Locks,
  key: string,
  what: string,
  signal: AbortSignal,
  onWait: () => void,
  work: (letGo: () => Promise<void>) => Promise<T>,
): Promise<T> {
  return during(await waitFor(locks, key, what, signal, Number.POSITIVE_INFINITY, onWait), work);
}

async function waitFor(
  locks: Locks,
  key: string,
  what: string,
  signal: AbortSignal,
  timeoutMs: number,
  onWait: () => void,
): Promise<{ release(): Promise<void> }> {
  let [since, last] = [performance.now(), new AppError('conflict', '')];
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted();
    try {
      return await locks.acquire(key, what);
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
      // Many may come at once: as long as it goes from one to the next, it comes to each.
      if (error.message !== last.message || error.cause !== last.cause) [since, last] = [performance.now(), error];
      if (performance.now() - since > timeoutMs) throw error;
    }
    if (isFirst) onWait();
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 40));
  }
}

/** Two creates for one branch would each make an environment, with an id of its own. Taken before the lock of the environment. */
export function nameLock({ id }: { readonly id: string }, ref: string): string {
  return `name ${id} ${ref}`;
}

/** One lock for all that changes an environment. */
export function environmentLock(owner: { readonly repositoryId: string; readonly worktreeId: string }): string {
  return `create ${owner.repositoryId} ${owner.worktreeId}`;
}

/** The same of a worktree that has none. */
export function deleteLock({ path }: { readonly path: string }): string {
  return `delete ${path}`;
}

async function during<T>(
  lock: { release(): Promise<void> },
  work: (letGo: () => Promise<void>) => Promise<T>,
): Promise<T> {
  let released: Promise<void> | undefined;
  const letGo = (): Promise<void> => (released ??= lock.release().catch(() => undefined));
  try {
    return await work(letGo);
  } finally {
    await letGo();
  }
}
