import type { Disposable } from '../../core/event';
import { sweepQuietly } from '../delete/sweepQuietly';
import type { UiDependencies } from '../editor/dependencies';

const pauseMs = 30 * 60_000;

/**
 * Now and then, what was deleted longer ago than the setting says goes for good: late enough that no window that starts waits for it, and
 * only while somebody looks at the window.
 */
export function sweepNowAndThen(
  dependencies: Pick<UiDependencies, 'environments' | 'store' | 'log'>,
  isWatched: () => boolean,
): Disposable {
  const timer = setInterval(() => {
    const { repository } = dependencies.store.snapshot;
    if (!repository || !isWatched()) return;
    void sweepQuietly(dependencies, repository.root);
  }, pauseMs);
  return { dispose: () => clearInterval(timer) };
}
