import { expect, it } from 'vitest';
import { dropSlotsAside } from '../../../../src/adapters/postgres/replicationSlots';
import type { Session } from '../../../../src/adapters/postgres/session';

/** A server that has two slots nobody can use, and answers as it is told to the drop of the first. */
function serverThat(failure: Error) {
  const dropped: unknown[] = [];
  const query = (text: string, [slot]: readonly unknown[] = []): Promise<readonly object[]> => {
    const database = 'coppice_kept_0123456789ab_01234567';
    if (!text.includes('pg_drop_replication_slot'))
      return Promise.resolve(['first', 'second'].map((name) => ({ name, database, bytes: null })));
    if (slot === 'first') return Promise.reject(failure);
    dropped.push(slot);
    return Promise.resolve([]);
  };
  return { dropped, session: { query } as unknown as Session };
}

it('is no failure of what was done where the server does not let a slot go, whatever its reason', async () => {
  for (const code of ['42501', '55006', '42704', '55000']) {
    const { session, dropped } = serverThat(Object.assign(new Error('no'), { code }));
    await dropSlotsAside(session);
    expect(dropped).toEqual(['second']);
  }
});

it('is one where the server is gone', async () => {
  const { session, dropped } = serverThat(Object.assign(new Error('no'), { code: '57P01' }));
  await expect(dropSlotsAside(session)).rejects.toThrow('no');
  expect(dropped).toEqual([]);
});
