import { expect, it } from 'vitest';
import { RetryLimit } from '../../../../../packages/cluster/src/engine/retryLimit';

it('lets an item be taken up twenty times at once, and then once in five seconds', () => {
  let now = 0;
  const limit = new RetryLimit(() => now);
  expect(Array.from({ length: 20 }, () => limit.take('stuck'))).toEqual(Array.from({ length: 20 }, () => 0));
  expect(limit.take('stuck')).toBe(5_000);
  now = 5_000;
  expect(limit.take('stuck')).toBe(5_000);
});

it('holds up no other item, and forgets what has rested', () => {
  let now = 0;
  const limit = new RetryLimit(() => now);
  for (let i = 0; i < 100; i++) limit.take('stuck');
  expect(limit.take('other')).toBe(0);
  for (let i = 0; i < 498; i++) limit.take(i);
  expect(limit.size).toBe(500);
  now = 10_000;
  limit.take('one more');
  // All but the one that was taken up a hundred times have rested.
  expect(limit.size).toBe(2);
  now = 1_000_000;
  expect(limit.take('stuck')).toBe(0);
});
