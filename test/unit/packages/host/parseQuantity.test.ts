import { expect, it } from 'vitest';
import { parseQuantity } from '../../../../packages/host/src/parseQuantity';

it.each([
  ['250m', 0.25],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['2', 2],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1E', 1e18],
  ['.5', 0.5],
  ['1.', 1],
  ['-3Ki', -3072],
  ['100n', 1e-7],
])('reads %s', (text, value) => expect(parseQuantity(text)).toBeCloseTo(value, 10));

it.each(['', 'x', '1e3Ki', '1 Gi', '1gi', '1mi', '0x10', '.', 'Infinity'])('takes %j for none', (text) =>
  expect(parseQuantity(text)).toBeUndefined(),
);
