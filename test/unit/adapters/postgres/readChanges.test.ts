import { afterEach, describe, expect, it, vi } from 'vitest';
import { countRows } from '../../../../src/adapters/postgres/readChanges';
import type { Session } from '../../../../src/adapters/postgres/session';

/** @param refusals error codes that the next attempts to give the session back are answered with */
function sessionThat(
  refusals: string[],
  tables: readonly object[] = [{ schema: 'public', name: 'notes', table: 'notes' }],
  onCount: () => void = () => undefined,
): { session: Session; said: string[] } {
  const said: string[] = [];
  const query = async (sql: string): Promise<unknown[]> => {
    said.push(sql);
    const code = sql.startsWith('RESET') ? refusals.shift() : undefined;
    if (code !== undefined) throw Object.assign(new Error(`refused with ${code}`), { code });
    if (sql.includes('pg_class')) return [...tables];
    if (sql.includes('count(*)')) onCount();
    return [{ rows: 3, newer: 3 }];
  };
  return { session: { query } as unknown as Session, said };
}
afterEach(() => {
  vi.useRealTimers();
});

const resetsIn = (said: readonly string[]): number => said.filter((sql) => sql.startsWith('RESET')).length;

describe('the session in which rows were counted', () => {
  it('has its own limits again, also where giving them back was stopped by the limit of the moment', async () => {
    const { session, said } = sessionThat(['57014', '57014']);
    expect(await countRows(session, undefined)).toBe(3);
    expect(resetsIn(said)).toBe(3);
    expect(said.at(-1)).toContain('RESET statement_timeout');
  });

  it('is asked no more where it is gone, and the first error is told', async () => {
    const { session, said } = sessionThat(['57P01', '57014']);
    expect(await countRows(session, undefined)).toBe(3);
    expect(resetsIn(said)).toBe(1);
  });

  it.each([
    [1_350, 2],
    [1_450, 1],
  ])('begins no table in so little time that nothing could be given back in it: after %i ms', async (took, begun) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const tables = ['notes', 'orders'].map((name) => ({ schema: 'public', name, table: name }));
    const { session, said } = sessionThat([], tables, () => vi.advanceTimersByTime(took));
    expect(await countRows(session, undefined)).toBe(begun === tables.length ? 6 : undefined);
    const limits = said.flatMap((sql) => [...(/statement_timeout = (\d+)/.exec(sql)?.slice(1) ?? [])].map(Number));
    expect(limits).toEqual([1_500, 1_500 - took].slice(0, begun));
    expect(resetsIn(said)).toBe(1);
  });
});
