import { expect, it } from 'vitest';
import { parseStored } from '../../../../../packages/cluster/src/store/storedObject';

it('a pod has a status from its first moment', () => {
  expect(parseStored(JSON.stringify({ kind: 'Pod', metadata: {}, spec: {} }))).toMatchObject({
    status: { phase: 'Pending' },
  });
  const running = { kind: 'Pod', metadata: {}, status: { phase: 'Running', podIP: '127.0.0.1' } };
  expect(parseStored(JSON.stringify(running))).toEqual(running);
  expect(parseStored(JSON.stringify({ kind: 'Secret', metadata: {} }))).toEqual({ kind: 'Secret', metadata: {} });
});

it('times have seconds, and precise ones six digits', () => {
  const stored = { kind: 'Event', eventTime: '2026-01-02T03:04:05.678Z', lastTimestamp: '2026-01-02T03:04:05.678Z' };
  expect(parseStored(JSON.stringify(stored))).toMatchObject({
    eventTime: '2026-01-02T03:04:05.678000Z',
    lastTimestamp: '2026-01-02T03:04:05Z',
  });
});
