import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Store } from '../../../../../node_modules/@ngrok/webernetes/dist/cluster/storage/store.js';
import { parseStoredObject } from '../../../../../node_modules/@ngrok/webernetes/dist/cluster/storage/serialization.js';
import { parseValue } from '../../../../../packages/cluster/src/engine/storedValues';

it('reads a value as the engine does', () => {
  const time = fc.constantFrom('2026-11-28T10:00:00Z', '2026-11-28T10:00:00.123Z');
  const fields = ['creationTimestamp', 'eventTime', 'firstTimestamp', 'lastTimestamp', 'startTime', 'name', 'items'];
  const object = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      time,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.constantFrom(...fields), tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...fields), object), (value) => {
      const text = JSON.stringify(value);
      expect(parseValue(text)).toEqual(parseStoredObject(text));
    }),
  );
});

it('the engine still has the methods that are replaced', () => {
  for (const method of ['readStored', 'listWithResourceVersion', 'watch', 'key', 'listPrefix'])
    expect(Reflect.get(Store.prototype, method), method).toBeTypeOf('function');
});
