import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GatheredNews } from '../../../src/core/gatheredNews';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function tellings(): { readonly news: GatheredNews; readonly at: number[] } {
  const begin = performance.now();
  const at: number[] = [];
  return { news: new GatheredNews(() => at.push(performance.now() - begin)), at };
}

it('tells in a moment after a quiet time, and then no more often than once in the time given', () => {
  const { news, at } = tellings();
  for (let ms = 0; ms < 100; ms++) {
    news.hear(40);
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(1_000);
  expect(at).toEqual([4, 44, 84, 124]);
  news.hear(40);
  vi.advanceTimersByTime(4);
  expect(at).toHaveLength(5);
});

it('tells once of what comes in one moment', () => {
  const { news, at } = tellings();
  for (let i = 0; i < 10; i++) news.hear(40);
  vi.advanceTimersByTime(1_000);
  expect(at).toEqual([4]);
});

it('gathers after a quiet time as long as it is asked to', () => {
  const { news, at } = tellings();
  news.hear(250, 250);
  vi.advanceTimersByTime(1_000);
  expect(at).toEqual([250]);
});

it('takes what is told by another for told', () => {
  const { news, at } = tellings();
  news.hear(40);
  news.told();
  vi.advanceTimersByTime(10);
  expect(at).toEqual([]);
  news.hear(40);
  vi.advanceTimersByTime(29);
  expect(at).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(at).toEqual([40]);
});

it('forgets what it has heard, and hears again', () => {
  const { news, at } = tellings();
  news.hear(40);
  news.forget();
  vi.advanceTimersByTime(100);
  expect(at).toEqual([]);
  news.hear(40);
  vi.advanceTimersByTime(4);
  expect(at).toHaveLength(1);
});
