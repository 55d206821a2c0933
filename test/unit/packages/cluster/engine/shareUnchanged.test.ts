import { describe, expect, it } from 'vitest';
import { shareUnchanged } from '../../../../../packages/cluster/src/engine/shareUnchanged';

const version = () => ({
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', command: ['sleep', '1'] }, { name: 'other' }] },
  status: { phase: 'Pending' },
});

describe('the next version of an object', () => {
  it('shares with the one before what is the same in both', () => {
    const before = version();
    const next = { ...version(), status: { phase: 'Running' } };
    const shared = shareUnchanged(before, next);
    expect(shared).toEqual({ ...version(), status: { phase: 'Running' } });
    expect(shared.spec).toBe(before.spec);
    expect(shared.metadata).toBe(before.metadata);
    expect(before).toEqual(version());
  });

  it('is the one before where nothing changed', () => {
    const before = version();
    expect(shareUnchanged(before, version())).toBe(before);
  });

  it.each<[string, unknown, unknown]>([
    ['a field that is gone', { a: 1, b: 2 }, { a: 1 }],
    ['a field that is new', { a: 1 }, { a: 1, b: undefined }],
    ['an entry that is gone', { a: [1, 2] }, { a: [1] }],
    ['an entry that is new', { a: [1] }, { a: [1, 2] }],
    ['a list that becomes an object', { a: ['x'] }, { a: { 0: 'x' } }],
    ['an object that becomes null', { a: {} }, { a: null }],
    ['a number that becomes its text', { a: 1 }, { a: '1' }],
    ['nothing before', undefined, { a: 1 }],
    ['another date', { a: new Date(0) }, { a: new Date(1) }],
    ['a date that becomes its text', { a: new Date(0) }, { a: new Date(0).toISOString() }],
    ['a date where fields were', { a: {} }, { a: new Date(0) }],
    ['fields where a date was', { a: new Date(0) }, { a: {} }],
  ])('is as it was written: %s', (_, before, next) => {
    const expected = structuredClone(next);
    const shared = shareUnchanged(before, next);
    expect(shared).toStrictEqual(expected);
    expect(shared).not.toBe(before);
  });

  it('takes nothing of a frozen one that it alters later', () => {
    const before = Object.freeze({ a: Object.freeze({ b: 1 }), c: Object.freeze([1]) });
    expect(shareUnchanged(before, { a: { b: 2 }, c: [1, 2] })).toEqual({ a: { b: 2 }, c: [1, 2] });
    expect(before).toEqual({ a: { b: 1 }, c: [1] });
  });
});
