import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { KubeConnection } from '../../../../../src/adapters/kubernetes/connection/kubeConnection';
import { EnvironmentWatch } from '../../../../../src/adapters/kubernetes/watch/environmentWatch';
import { defaultWatchTiming } from '../../../../../src/adapters/kubernetes/watch/watchTiming';
import { AppError } from '../../../../../src/core/errors';
import { silentLog } from '../../../../support/kubernetesHarness';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A watch of a cluster whose kubeconfig is not there. */
function aWatch() {
  let tries = 0;
  const away: Pick<KubeConnection, 'isLocal' | 'version'> = {
    isLocal: false,
    version: async () => {
      // One that does not pause lets no other code run.
      if (++tries > 10_000) watch.dispose();
      throw new AppError('notConfigured', 'away');
    },
  };
  const watch = new EnvironmentWatch(away as KubeConnection, undefined, defaultWatchTiming, silentLog, undefined, [
    'namespaces',
  ]);
  const triesIn = async (minutes: number): Promise<number> => {
    const before = tries;
    await vi.advanceTimersByTimeAsync(minutes * 60_000);
    return tries - before;
  };
  return { watch, triesIn };
}

it('tries a cluster without a kubeconfig once more when it is told to, and then goes on with its pauses', async () => {
  const { watch, triesIn } = aWatch();
  await triesIn(5);
  for (let index = 0; index < 3; index++) {
    watch.retryNow();
    expect(await triesIn(0)).toBe(1);
    expect(await triesIn(5)).toBeLessThanOrEqual(20);
  }
  watch.dispose();
});

it('tries a cluster that is away less often while nobody looks, and as often as ever once somebody does', async () => {
  const { watch, triesIn } = aWatch();
  await triesIn(5);
  const seen = await triesIn(30);
  watch.setPatient(true);
  await triesIn(5);
  const unseen = await triesIn(30);
  expect(watch.current).toEqual({ state: 'offline', reason: 'away' });
  // Half a minute at most, and five times that.
  expect(seen).toBeGreaterThanOrEqual(60);
  expect(unseen).toBeGreaterThanOrEqual(12);
  expect(unseen).toBeLessThanOrEqual(24);
  watch.setPatient(false);
  watch.retryNow();
  expect(await triesIn(1)).toBeGreaterThanOrEqual(2);
  watch.dispose();
  await triesIn(1);
  expect(await triesIn(30)).toBe(0);
});
