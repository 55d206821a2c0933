import { expect, it } from 'vitest';
import { FocusedRow } from '../../../../src/ui/tree/focusedRow';

const told = (...selections: string[][]): string | undefined => {
  const focused = new FocusedRow();
  for (const selected of selections) focused.note(selected);
  return focused.take();
};

it.each([
  { selections: [['a'], []], row: 'a' },
  { selections: [['b'], ['b', 'a'], ['b']], row: 'a' },
  { selections: [['b'], [], ['b']], row: 'b' },
  { selections: [['b', 'a'], ['b'], ['a', 'b']], row: 'a' },
  { selections: [['c'], ['b'], ['b', 'a'], ['b']], row: 'a' },
])('the row is the one that was toggled in $selections', ({ selections, row }) => {
  expect(told(...selections)).toBe(row);
});

it.each([
  { selections: [] },
  { selections: [['a']] },
  { selections: [['a'], ['b']] },
  { selections: [['a'], ['b'], ['a']] },
  { selections: [['a'], ['a', 'b'], []] },
])('no row has the focus where $selections is what a pointer did', ({ selections }) => {
  expect(told(...selections)).toBeUndefined();
});

it('a key whose toggles tell nothing, because no row has the focus, does not mean the row of the key before', () => {
  const focused = new FocusedRow();
  for (const selected of [['b'], ['b', 'a'], ['b']]) focused.note(selected);
  expect([focused.take(), focused.take()]).toEqual(['a', undefined]);
  for (const selected of [['b', 'c'], ['b']]) focused.note(selected);
  expect(focused.take()).toBe('c');
});
