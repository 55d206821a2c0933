import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LastingLine } from '../../../../src/app/services/lastingLine';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function lasting(): { told: string[]; line: LastingLine } {
  const told: string[] = [];
  return { told, line: new LastingLine((text) => void told.push(text), 1000) };
}

it('tells a line once it has been the same for a while', () => {
  const { told, line } = lasting();
  line.set('a');
  vi.advanceTimersByTime(600);
  line.set('a');
  vi.advanceTimersByTime(399);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['a']);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['a']);
});

it('says nothing of what is over before, nor the same again', () => {
  const { told, line } = lasting();
  line.set('a');
  vi.advanceTimersByTime(1000);
  line.set('b');
  vi.advanceTimersByTime(999);
  line.set('a');
  vi.advanceTimersByTime(10_000);
  line.set('');
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['a']);
  line.set('b');
  vi.advanceTimersByTime(1000);
  line.set('a');
  vi.advanceTimersByTime(1000);
  expect(told).toEqual(['a', 'b', 'a']);
});

it('says nothing more once it is disposed', () => {
  const { told, line } = lasting();
  line.set('a');
  line.dispose();
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
