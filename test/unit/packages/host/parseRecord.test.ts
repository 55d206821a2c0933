import { expect, it } from 'vitest';
import { parseRecord } from '../../../../packages/host/src/parseRecord';

it('gives the object that a text is', () => expect(parseRecord('{"a":[1]}')).toEqual({ a: [1] }));

it.each(['', '{', 'null', '1', '"a"', '[]'])('gives nothing for %j', (text) =>
  expect(parseRecord(text)).toBeUndefined(),
);
