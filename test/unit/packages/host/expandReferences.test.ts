import { describe, expect, it } from 'vitest';
import { expandReferences } from '../../../../packages/host/src/expandReferences';

const values = new Map([
  ['A', '1'],
  ['EMPTY', ''],
  ['SELF', '$(A)'],
]);

describe('expandReferences', () => {
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
    ['$', '$'],
    // A name ends at the first bracket, whatever is in it.
    ['$($(A))', '$($(A))'],
    ['$(A $$(A)', '$(A $$(A)'],
    ['$(A $$', '$(A $'],
    ['$()', '$()'],
    ['$(SELF)', '$(A)'],
  ])('turns %s into %s', (text, expected) => {
    expect(expandReferences(text, (name) => values.get(name))).toBe(expected);
  });
});
