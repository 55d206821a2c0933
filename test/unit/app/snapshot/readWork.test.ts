import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readWork } from '../../../../src/app/snapshot/readWork';
import { WorkWatch } from '../../../../src/app/snapshot/workWatch';
import { deleteLock, environmentLock } from '../../../../src/app/run/withLock';
import type { KnownWorktree } from '../../../../src/app/worktrees/readWorktrees';
import { FakeLocks } from '../../../support/fakes/fakeLocks';
import { anIdentity, aWorktree } from '../../ui/builders';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const begun: KnownWorktree = {
  worktree: aWorktree({ path: '/begun' }),
  identity: anIdentity({ state: 'creating' }),
  problem: undefined,
};
const gone: KnownWorktree = {
  worktree: aWorktree({ path: '/gone', prunable: 'gone' }),
  identity: undefined,
  problem: undefined,
};
const whole: KnownWorktree = { worktree: aWorktree({ path: '/whole' }), identity: anIdentity(), problem: undefined };

it('asks only where something was begun, by the locks that create and delete hold', async () => {
  const asked: string[] = [];
  const locks = { isHeld: async (key: string) => (asked.push(key), true) };
  expect([...(await readWork(locks, [whole, begun, gone]))]).toEqual(['/begun', '/gone']);
  expect(asked).toEqual([environmentLock(anIdentity().owner), deleteLock({ path: '/gone' })]);
});

it('sees by itself that what was at work was killed, and looks no more where nobody does', async () => {
  const locks = new FakeLocks();
  await locks.acquire(environmentLock(anIdentity().owner), 'x is being created');
  let isWanted = true;
  let changes = 0;
  const watch: WorkWatch = new WorkWatch(
    () => isWanted,
    () => changes++,
    async () => watch.look(locks, [begun]),
  );
  await watch.look(locks, [begun]);
  expect([[...watch.current], changes, vi.getTimerCount()]).toEqual([['/begun'], 1, 1]);
  locks.abandonAll();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([[...watch.current], changes, vi.getTimerCount()]).toEqual([[], 2, 0]);

  await locks.acquire(environmentLock(anIdentity().owner), 'x is being created');
  isWanted = false;
  await watch.look(locks, [begun]);
  expect([[...watch.current], vi.getTimerCount()]).toEqual([['/begun'], 0]);
});
