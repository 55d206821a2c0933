import { migrateRecord, type RecordKind } from '@coppice/host/migrateRecord';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import {
  stateRecord,
  settingsRecord,
  visitsRecord,
  certificateRecord,
} from '../../../packages/cluster/src/state/stateRecords';
import { recordFiles } from '../../../src/core/records/recordFiles';
import { recordOrNothing, understandRecord } from '../../../src/core/records/understandRecord';

const kind: RecordKind<{ readonly version: number; readonly b: number }> = {
  version: 3,
  steps: { 1: ({ a }) => ({ a: Number(a) }), 2: ({ a }) => ({ b: a }) },
  problem: ({ b }) => (typeof b === 'number' && !Number.isNaN(b) ? undefined : '"b" is missing'),
};

describe('a record', () => {
  it('is moved forward a version at a time, and one without a version is of the first', () => {
    const value = { version: 3, b: 7 };
    for (const read of [{ a: '7' }, { version: 1, a: '7' }, { version: 2, a: 7 }, value])
      expect(migrateRecord(kind, read)).toEqual({ kind: 'current', value });
  });

  it('is not changed by being read', () => {
    const read = Object.freeze({ version: 1, a: '7' });
    migrateRecord(kind, read);
    expect(read).toEqual({ version: 1, a: '7' });
  });

  it('is refused when it is newer, whatever else it says', () => {
    expect(migrateRecord(kind, { version: 4 })).toEqual({ kind: 'newer', version: 4 });
    const text = JSON.stringify({ version: 4, b: 7 });
    const said = /^\/x is of version 4, and this Coppice knows version 3: a newer Coppice wrote it\. Update Coppice/;
    expect(() => understandRecord(kind, text, { path: '/x', wayOut: 'Mend it.' })).toThrow(said);
    expect(() => recordOrNothing(kind, text, '/x')).toThrow(said);
  });

  it.each([{ version: 0 }, { version: 1.5 }, { version: '2' }, { version: null }, { version: 1, a: 'x' }, {}])(
    'is damaged when it says %j',
    (read) => {
      const text = JSON.stringify(read);
      expect(migrateRecord(kind, read)).toMatchObject({ kind: 'damaged' });
      expect(recordOrNothing(kind, text, '/x')).toBeUndefined();
      expect(() => understandRecord(kind, text, { path: '/x', wayOut: 'Mend it.' })).toThrow(
        /^\/x cannot be understood: .*\. Mend it\.$/,
      );
    },
  );
});

const all = {
  ...recordFiles,
  'state.json': stateRecord,
  'settings.json': settingsRecord,
  'visits.json': visitsRecord,
  certificate: certificateRecord,
};
test.each(Object.entries(all))('%s knows a step from every version that there was', (_, { version, steps }) => {
  expect(Object.keys(steps)).toEqual(Array.from({ length: version - 1 }, (__, index) => String(index + 1)));
});

test('every kind of record is in the table', () => {
  const kinds = readdirSync(join(import.meta.dirname, '../../../src/core/records')).filter((name) =>
    name.endsWith('Record.ts'),
  );
  expect(new Set(Object.values(recordFiles)).size).toBe(kinds.length - 1);
});
