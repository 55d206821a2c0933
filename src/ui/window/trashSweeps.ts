import type { Disposable } from '../../core/event';
import { sweepQuietly } from '../delete/sweepQuietly';
import type { UiDependencies } from '../editor/dependencies';
import { collectQuietly } from './collectQuietly';

const pauseMs = 30 * 60_000;

/**
 * Now and then, what was deleted longer ago than the setting says goes for good, what nobody uses is looked for, and worktrees that are
 * kept ready follow the branch and the lockfiles: late enough that no window that starts waits for it, and only while somebody looks at
 * the window.
 */
export function sweepNowAndThen(
  dependencies: Pick<UiDependencies, 'environments' | 'cleanup' | 'pool' | 'store' | 'log'>,
  isWatched: () => boolean,
  folders: () => readonly string[],
): Disposable {
  const timer = setInterval(() => {
    const { repository } = dependencies.store.snapshot;
    if (!repository || !isWatched()) return;
    void sweepAndCollect(dependencies, repository.root, folders())
      .then(() => dependencies.pool.refill(repository.root))
      .catch((error: unknown) => dependencies.log.debug(`The pool was not filled: ${String(error)}`));
  }, pauseMs);
  return { dispose: () => clearInterval(timer) };
}

/** One after the other: both go through the repository's folders. Never rejects. */
export async function sweepAndCollect(
  dependencies: Pick<UiDependencies, 'environments' | 'cleanup' | 'store' | 'log'>,
  folder: string,
  here: readonly string[],
): Promise<void> {
  await sweepQuietly(dependencies, folder);
  await collectQuietly(dependencies, folder, here);
}
