import { expect, it } from 'vitest';
import { AskedOnce } from '../../../../../src/adapters/git/program/askedOnce';

interface Ask {
  readonly signal: AbortSignal;
  readonly answer: (value: string) => void;
  readonly fail: (error: Error) => void;
}

function asking(): { readonly asks: Ask[]; readonly ask: (signal: AbortSignal) => Promise<string> } {
  const asks: Ask[] = [];
  const ask = (signal: AbortSignal): Promise<string> =>
    new Promise((answer, fail) => {
      asks.push({ signal, answer, fail });
    });
  return { asks, ask };
}

it('gives all who wait the same answer, and none to who asks later', async () => {
  const { asks, ask } = asking();
  const once = new AskedOnce<string>();
  const waiting = [once.ask('a', ask), once.ask('a', ask), once.ask('b', ask)];
  expect(asks).toHaveLength(2);
  asks[0]?.answer('first');
  asks[1]?.answer('other');
  expect(await Promise.all(waiting)).toEqual(['first', 'first', 'other']);
  const later = once.ask('a', ask);
  asks[2]?.answer('second');
  expect(await later).toBe('second');
});

it('ends with the last who waits, not with the first who does not want it any more', async () => {
  const { asks, ask } = asking();
  const once = new AskedOnce<string>();
  const [one, other] = [new AbortController(), new AbortController()];
  const waiting = [once.ask('a', ask, one.signal), once.ask('a', ask, other.signal)];
  one.abort();
  await expect(waiting[0]).rejects.toMatchObject({ name: 'AbortError' });
  expect(asks[0]?.signal.aborted).toBe(false);
  other.abort();
  await expect(waiting[1]).rejects.toMatchObject({ name: 'AbortError' });
  expect(asks[0]?.signal.aborted).toBe(true);
  // What was given up is no answer for who comes then.
  const next = once.ask('a', ask);
  asks[1]?.answer('new');
  expect(await next).toBe('new');
});

it('tells a failure to all who wait, and asks again for the next', async () => {
  const { asks, ask } = asking();
  const once = new AskedOnce<string>();
  const waiting = [once.ask('a', ask), once.ask('a', ask)];
  asks[0]?.fail(new Error('gone'));
  for (const each of await Promise.allSettled(waiting)) expect(each).toMatchObject({ reason: { message: 'gone' } });
  const next = once.ask('a', ask);
  asks[1]?.answer('there');
  expect(await next).toBe('there');
});

it('asks anew what was asked before something changed', async () => {
  const { asks, ask } = asking();
  const once = new AskedOnce<string>();
  const before = once.ask('a', ask);
  once.forget();
  const after = once.ask('a', ask);
  asks[0]?.answer('old');
  asks[1]?.answer('new');
  expect([await before, await after]).toEqual(['old', 'new']);
});
