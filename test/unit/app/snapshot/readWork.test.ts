import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readWork, readWorkedAt } from '../../../../src/app/snapshot/readWork';
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

it('calls nothing cut off that was finished, or begun anew, between the look at its record and the one at its lock', async () => {
  const identity = begun.identity ?? anIdentity();
  const locks = new FakeLocks();
  let finish = async (): Promise<void> => undefined;
  const ports = {
    locks: {
      isHeld: async (key: string) => {
        const isHeld = await locks.isHeld(key);
        await finish();
        return isHeld;
      },
    },
    identities: { read: async () => recorded },
  };
  let recorded: typeof identity = identity;
  finish = async () => void (recorded = anIdentity());
  expect(await readWorkedAt(ports, [whole, begun])).toEqual({
    known: [whole, { ...begun, identity: anIdentity() }],
    atWork: new Set(),
  });
  // Another one begins.
  recorded = identity;
  finish = async () => void (locks.held.length === 0 && (await locks.acquire(environmentLock(identity.owner), 'x')));
  expect([...(await readWorkedAt(ports, [begun])).atWork]).toEqual(['/begun']);
  locks.abandonAll();
  finish = async () => undefined;
  expect(await readWorkedAt(ports, [begun])).toEqual({ known: [begun], atWork: new Set() });
});

it('sees by itself that what was at work was killed, and looks no more where nobody does', async () => {
  const locks = new FakeLocks();
  await locks.acquire(environmentLock(anIdentity().owner), 'x is being created');
  let isWanted = true;
  let changes = 0;
  let reads = 0;
  const follow = async (): Promise<void> => {
    reads++;
    watch.follow(locks, { known: [begun], atWork: await readWork(locks, [begun]) });
  };
  const watch: WorkWatch = new WorkWatch(
    () => isWanted,
    () => changes++,
    follow,
  );
  await follow();
  expect([[...watch.current], changes, vi.getTimerCount()]).toEqual([['/begun'], 0, 1]);
  locks.abandonAll();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([[...watch.current], changes, reads, vi.getTimerCount()]).toEqual([[], 0, 2, 0]);

  await locks.acquire(environmentLock(anIdentity().owner), 'x is being created');
  isWanted = false;
  await follow();
  expect([[...watch.current], vi.getTimerCount()]).toEqual([['/begun'], 0]);
});
