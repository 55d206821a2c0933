import { beforeEach, expect, it } from 'vitest';
import { ToldPods } from '../../../../../packages/cluster/src/engine/toldPods';

let stored: Record<string, { spec: object; status: object }>;
let copied: string[];
let told: ToldPods;
beforeEach(() => {
  copied = [];
  stored = Object.fromEntries(['a', 'b', 'c'].map((key) => [key, { spec: { of: key }, status: { ready: false } }]));
  told = new ToldPods({
    listKeys: () => Object.keys(stored),
    getByKey: (key) => {
      copied.push(key);
      return [structuredClone(stored[key]), key in stored, undefined];
    },
  });
});

it('tells what did not change as the object that it was, and copies it once', () => {
  const [a, b, c] = told.list();
  copied = [];
  (stored['b'] as { status: object }).status = { ready: true };
  told.changed('b');
  const now = told.list();
  expect(copied).toEqual(['b']);
  expect(now).toEqual([a, { spec: { of: 'b' }, status: { ready: true } }, c]);
  expect([now[0] === a, now[1] === b, now[2] === c]).toEqual([true, false, true]);
  // Of what changed, too, whatever is the same.
  expect((now[1] as { spec: object }).spec).toBe((b as { spec: object }).spec);
});

it('leaves out what is gone, and tells what is new', () => {
  told.list();
  delete stored['a'];
  told.changed('a');
  stored['d'] = { spec: { of: 'd' }, status: {} };
  told.changed('d');
  expect(told.list()).toEqual([stored['b'], stored['c'], stored['d']]);
});

it('takes nothing for unchanged after all were replaced', () => {
  told.list();
  stored['a'] = { spec: { of: 'other' }, status: {} };
  told.changed(undefined);
  expect(told.list()).toEqual(Object.values(stored));
});
