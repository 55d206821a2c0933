import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainCopy } from '../../../../../packages/cluster/src/engine/plainCopy';

const refuse = (): never => {
  throw new Error('was left to another');
};

it('copies what JSON can say, and dates, as structuredClone does', () => {
  const plain = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.date(),
      fc.array(tie('value')),
      fc.dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        tie('value'),
      ),
    ),
  })).value;
  fc.assert(
    fc.property(plain, (value) => {
      expect(plainCopy(value, refuse)).toEqual(structuredClone(value));
    }),
  );
});

it('shares nothing with what it copied', () => {
  const original = { metadata: { labels: { a: 'b' }, created: new Date(0) }, list: [{ name: 'x' }] };
  const copy = plainCopy(original, refuse);
  copy.metadata.labels.a = 'changed';
  copy.metadata.created.setTime(1);
  copy.list[0] = { name: 'y' };
  expect(original).toEqual({ metadata: { labels: { a: 'b' }, created: new Date(0) }, list: [{ name: 'x' }] });
});

it.each([
  ['a map', new Map([[1, { a: 1 }]])],
  ['a set', new Set([1])],
  ['bytes', new Uint8Array([1, 2])],
  ['an error', new RangeError('too far')],
])('leaves %s to structuredClone', (_, value) => {
  expect(plainCopy({ value }, structuredClone)).toEqual({ value: structuredClone(value) });
});

it('copies what leads to itself, as structuredClone does', () => {
  const ring: { next?: unknown } = {};
  ring.next = ring;
  let copy: { next?: unknown } = plainCopy(ring, structuredClone);
  for (let i = 0; i < 1000; i++) copy = copy.next as { next?: unknown };
  expect(copy.next).toBeDefined();
  expect(copy).not.toBe(ring);
});

it('refuses functions, as structuredClone does', () => {
  expect(() => plainCopy({ run: () => 1 }, structuredClone)).toThrow('could not be cloned');
});
