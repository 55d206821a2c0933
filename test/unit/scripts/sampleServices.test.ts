import { expect, test } from 'vitest';
import { fibonacci } from '../../../scripts/sample/fibonacci/backend/fibonacci.js';

test('the sample computes fibonacci numbers exactly, also beyond what a double holds', () => {
  expect([0, 1, 2, 3, 10].map(fibonacci)).toEqual([0n, 1n, 1n, 2n, 55n]);
  expect(fibonacci(100)).toBe(354224848179261915075n);
});

test.each([-1, 1.5, Number.NaN, 10_001])('it refuses %d', (n) => {
  expect(() => fibonacci(n)).toThrow(RangeError);
});
