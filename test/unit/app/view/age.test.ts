import { expect, it } from 'vitest';
import { age } from '../../../../src/app/view/age';

const minute = 60_000;
const day = 24 * 60 * minute;

it.each([
  [-minute, 'now', 'just now'],
  [59_999, 'now', 'just now'],
  [minute, '1m', '1 minute ago'],
  [59.9 * minute, '59m', '59 minutes ago'],
  [60 * minute, '1h', '1 hour ago'],
  [6.9 * day, '6d', '6 days ago'],
  [7 * day, '1w', '1 week ago'],
  [800 * day, '2y', '2 years ago'],
])('%d ms are %s: %s', (ago, short, words) => {
  expect(age(1000, 1000 + ago)).toEqual({ short, words });
});
