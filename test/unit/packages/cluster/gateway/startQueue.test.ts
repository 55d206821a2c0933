import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  parseStartLimits,
  StartQueue,
  type NoRoom,
  type StartLimits,
} from '../../../../../packages/cluster/src/gateway/startQueue';

const limits: StartLimits = { freeMemory: 512, load: 0, waitMs: 60_000 };
const tight: NoRoom = { kind: 'memory', reason: 'memory is short' };

let queue: StartQueue;
let started: string[];
let told: [string, string | undefined][];
let asked: [string, number][];
let room: NoRoom | undefined;
let now: number;
/** Namespaces without limits. */
let free: Set<string>;
let starting: Set<string>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [started, told, asked, room, now, free, starting] = [[], [], [], undefined, 0, new Set(), new Set()];
  queue = new StartQueue(
    {
      limitsOf: (name) => (free.has(name) ? undefined : limits),
      startingBut: (name) => [...starting].filter((each) => each !== name).length,
      noRoom: async (name, _, others) => {
        asked.push([name, others]);
        return room;
      },
      start: (name) => {
        started.push(name);
        starting.add(name);
      },
      tell: (name, reason) => void told.push([name, reason]),
    },
    () => now,
  );
});
afterEach(() => {
  queue.close();
  vi.useRealTimers();
});

const pass = async (ms: number): Promise<void> => {
  now += ms;
  await vi.advanceTimersByTimeAsync(ms);
};

describe('a queue of starts', () => {
  it('asks nobody for what has no limits: it starts at once', () => {
    free.add('one');
    queue.ask('one');
    expect([started, asked, queue.has('one')]).toEqual([['one'], [], false]);
  });

  it('starts what there is room for without telling that it waited, each with those that start already in mind', async () => {
    for (const name of ['one', 'two', 'one']) queue.ask(name);
    expect([started, queue.has('one'), queue.reasonOf('one')]).toEqual([[], true, undefined]);
    await pass(0);
    expect([started, told, vi.getTimerCount()]).toEqual([['one', 'two'], [], 0]);
    expect(asked).toEqual([
      ['one', 0],
      ['two', 1],
    ]);
  });

  it('lets wait what there is no room for, says why once, and starts one after the other when there is some', async () => {
    room = tight;
    for (const name of ['one', 'two', 'three']) queue.ask(name);
    await pass(5000);
    expect(started).toEqual([]);
    expect(told).toEqual([
      ['one', 'waits to start, because memory is short'],
      ['two', 'waits to start, because another environment is being started'],
      ['three', 'waits to start, because another environment is being started'],
    ]);
    expect(asked.every(([name]) => name === 'one')).toBe(true);
    room = undefined;
    await pass(1000);
    expect(started).toEqual(['one', 'two', 'three']);
    expect(told.slice(3)).toEqual([
      ['one', undefined],
      ['two', undefined],
      ['three', undefined],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts one alone that had no room: what another takes is seen first', async () => {
    room = tight;
    queue.ask('one');
    await pass(1000);
    starting.add('other');
    room = undefined;
    await pass(3000);
    expect([started, queue.reasonOf('one')]).toEqual([
      [],
      'waits to start, because another environment is being started',
    ]);
    starting.clear();
    await pass(1000);
    expect(started).toEqual(['one']);
  });

  it('is left by what waited as long as it may, and by what is not to start any more; who asks again begins anew', async () => {
    room = tight;
    queue.ask('one');
    queue.ask('two');
    await pass(0);
    queue.forget('two');
    await pass(59_000);
    expect([queue.has('one'), queue.has('two')]).toEqual([true, false]);
    await pass(2000);
    expect([queue.has('one'), told.at(-1), vi.getTimerCount()]).toEqual([false, ['one', undefined], 0]);
    queue.ask('one');
    room = undefined;
    await pass(1000);
    expect(started).toEqual(['one']);
  });

  it('takes back what was told of one before it was asked for, and starts it alone', async () => {
    queue.ask('one', true);
    queue.ask('two', true);
    free.add('none');
    queue.ask('none', true);
    expect([started, told]).toEqual([['none'], [['none', undefined]]]);
    starting.clear();
    await pass(0);
    expect([started, told.slice(1, 2)]).toEqual([['none', 'one'], [['one', undefined]]]);
    expect(queue.reasonOf('two')).toBe('waits to start, because another environment is being started');
    starting.clear();
    await pass(1000);
    expect(started).toEqual(['none', 'one', 'two']);
  });

  it('lets what comes back with the cluster wait for as long as it takes, with the reason, and keeps nobody else waiting for it', async () => {
    room = tight;
    queue.ask('back', true);
    await pass(10 * limits.waitMs);
    expect([queue.has('back'), queue.reasonOf('back')]).toEqual([true, 'waits to start, because memory is short']);
    // Whoever is asked for is looked at before it.
    asked.length = 0;
    queue.ask('one');
    await pass(1000);
    expect(new Set(asked.map(([name]) => name))).toEqual(new Set(['one']));
    await pass(limits.waitMs);
    expect([queue.has('one'), queue.has('back')]).toEqual([false, true]);
    // Asked for it is like any other, for as long as one would wait.
    queue.ask('back');
    queue.ask('two');
    asked.length = 0;
    await pass(limits.waitMs / 2);
    expect(new Set(asked.map(([name]) => name))).toEqual(new Set(['back']));
    await pass(limits.waitMs);
    expect([queue.has('two'), queue.has('back')]).toEqual([false, true]);
    room = undefined;
    await pass(1000);
    expect(started).toEqual(['back']);
  });

  it('takes up limits that were lifted meanwhile, and does nothing more once it is closed', async () => {
    room = tight;
    queue.ask('one');
    queue.ask('two');
    await pass(1000);
    free.add('one');
    await pass(1000);
    expect(started).toEqual(['one']);
    queue.close();
    room = undefined;
    await pass(5000);
    queue.ask('three');
    expect([started, vi.getTimerCount()]).toEqual([['one'], 0]);
  });
});

it.each([
  ['512 0 600', { freeMemory: 512 * 2 ** 20, load: 0, waitMs: 600_000 }],
  ['0 2 0', { freeMemory: 0, load: 2, waitMs: 0 }],
  ['0 0 600', undefined],
  ['', undefined],
  [undefined, undefined],
  ['512', undefined],
  ['512 0 -1', undefined],
  ['1e9 0 600', undefined],
])('limits are read of %s', (text, expected) => {
  expect(parseStartLimits(text)).toEqual(expected);
});
