import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KeptSessions, type Reusable } from '../../../../src/adapters/postgres/keptSessions';

class FakeSession implements Reusable {
  isClosed = false;
  constructor(
    private readonly answers: { readonly wake?: boolean | Error; readonly rest?: boolean } = {},
    readonly name = '',
  ) {}
  wake(): Promise<boolean> {
    const { wake = true } = this.answers;
    return wake instanceof Error ? Promise.reject(wake) : Promise.resolve(wake);
  }
  rest(): Promise<boolean> {
    return Promise.resolve(this.answers.rest ?? true);
  }
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

let kept: KeptSessions<FakeSession>;
beforeEach(() => {
  vi.useFakeTimers();
  kept = new KeptSessions();
});
afterEach(() => void vi.useRealTimers());

it('gives each to one at a time, the last one first', async () => {
  expect(await kept.take()).toBeUndefined();
  const [one, other] = [new FakeSession(), new FakeSession()];
  await kept.keep(one);
  await kept.keep(other);
  expect([await kept.take(), await kept.take(), await kept.take()]).toEqual([other, one, undefined]);
  expect([one.isClosed, other.isClosed]).toEqual([false, false]);
});

it('closes what nobody has wanted for a while, and none that is in use', async () => {
  const [idle, used] = [new FakeSession(), new FakeSession()];
  await kept.keep(idle);
  await kept.keep(used);
  expect(await kept.take()).toBe(used);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([idle.isClosed, used.isClosed]).toEqual([true, false]);
  expect(await kept.take()).toBeUndefined();
});

it('keeps no more than a few: the oldest goes', async () => {
  const all = Array.from({ length: 5 }, () => new FakeSession());
  for (const each of all) await kept.keep(each);
  expect(all.map(({ isClosed }) => isClosed)).toEqual([true, true, true, false, false]);
  expect([await kept.take(), await kept.take()]).toEqual([all[4], all[3]]);
});

it('closes what cannot be put back as it was', async () => {
  const used = new FakeSession({ rest: false });
  await kept.keep(used);
  expect(used.isClosed).toBe(true);
  expect(await kept.take()).toBeUndefined();
});

it('passes over what does not answer any more', async () => {
  const [good, dead] = [new FakeSession(), new FakeSession({ wake: false })];
  await kept.keep(good);
  await kept.keep(dead);
  expect(await kept.take()).toBe(good);
  expect([good.isClosed, dead.isClosed]).toEqual([false, true]);
});

it('leaves none behind to whoever has cancelled', async () => {
  const one = new FakeSession({ wake: new Error('cancelled') });
  await kept.keep(one);
  await expect(kept.take()).rejects.toThrow('cancelled');
  expect(one.isClosed).toBe(true);
});
