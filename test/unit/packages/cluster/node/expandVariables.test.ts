import { describe, expect, it } from 'vitest';
import { expandVariables } from '../../../../../packages/cluster/src/node/expandVariables';

const values = new Map([
  ['A', '1'],
  ['EMPTY', ''],
]);

describe('expandVariables', () => {
  it.each([
    ['plain', 'plain'],
    ['$(A)', '1'],
    ['x$(A)y$(A)', 'x1y1'],
    ['$(EMPTY)', ''],
    ['$(UNKNOWN)', '$(UNKNOWN)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$A', '$A'],
    ['$(A', '$(A'],
    ['100$', '100$'],
  ])('turns %s into %s', (text, expected) => {
    expect(expandVariables(text, (name) => values.get(name))).toBe(expected);
  });
});
