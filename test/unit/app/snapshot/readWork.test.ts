import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mayWait, readWaits } from '../../../../src/app/snapshot/readWaits';
import { readWork, readWorkedAt } from '../../../../src/app/snapshot/readWork';
import { WorkWatch } from '../../../../src/app/snapshot/workWatch';
import { waitLock } from '../../../../src/app/services/waitLock';
import { deleteLock, environmentLock } from '../../../../src/app/run/withLock';
import type { KnownWorktree } from '../../../../src/app/worktrees/readWorktrees';
import type { EnvironmentFacts } from '../../../../src/core/facts';
import { deploymentFacts } from '../../../support/environmentWorld';
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
    const waits = await readWaits(locks, [begun]);
    watch.follow(locks, { known: [begun], atWork: await readWork(locks, [begun]) }, waits);
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

it('sees by itself why an environment waits to start, and that it does no more', async () => {
  const locks = new FakeLocks();
  const { owner } = anIdentity();
  const work = await locks.acquire(environmentLock(owner), 'x is being created');
  const told: (string | undefined)[] = [];
  let reads = 0;
  const follow = async (): Promise<void> => {
    reads++;
    const found = { known: [begun, whole], atWork: await readWork(locks, [begun]) };
    watch.follow(locks, found, await readWaits(locks, mayWait(found.known, [])));
  };
  const watch: WorkWatch = new WorkWatch(
    () => true,
    () => told.push(watch.waits.get('/begun')),
    follow,
  );
  await follow();
  const waits = await locks.acquire(waitLock(owner), 'waits to start, because of x');
  await vi.advanceTimersByTimeAsync(5_000);
  await vi.advanceTimersByTimeAsync(5_000);
  expect([told, [...watch.waits], reads]).toEqual([
    ['waits to start, because of x'],
    [['/begun', 'waits to start, because of x']],
    1,
  ]);
  await waits.release();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([[...watch.waits], reads, vi.getTimerCount()]).toEqual([[], 2, 1]);
  await work.release();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([reads, vi.getTimerCount()]).toEqual([3, 0]);
});

it('asks whether an environment waits only where it is begun, or sleeps', () => {
  const { owner, names } = anIdentity();
  const facts = (asleep: number | undefined): EnvironmentFacts => ({
    ...{ ...owner, namespace: names.namespace },
    ...{ terminating: false, terminatingReason: undefined, annotations: {}, pods: [], ingresses: [] },
    deployments: [{ ...deploymentFacts('web'), desired: 0, ...(asleep === undefined ? {} : { asleep }) }],
  });
  const paths = (all: EnvironmentFacts[]) => mayWait([whole, begun, gone], all).map(({ worktree }) => worktree.path);
  expect(paths([])).toEqual(['/begun']);
  expect(paths([facts(undefined)])).toEqual(['/begun']);
  expect(paths([facts(1)])).toEqual(['/whole', '/begun']);
});
