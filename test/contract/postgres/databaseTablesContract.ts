import { expect, it } from 'vitest';
import type { Owner } from '../../../src/core/model';
import type { DatabaseTables } from '../../../src/core/ports/databaseTables';

export interface TablesWorld {
  readonly tables: DatabaseTables;
  readonly database: string;
  readonly owner: Owner;
  /** The address of that database, as a template's commands have theirs. */
  readonly url: string;
  /** Makes a table with a text `name` and a whole number `n`. */
  put(
    schema: string,
    name: string,
    rows: readonly { readonly name: string; readonly n: number | null }[],
  ): Promise<void>;
}

/** What holds for every `DatabaseTables`. */
export function databaseTablesContract(world: () => TablesWorld): void {
  const read = (...tables: Parameters<DatabaseTables['read']>[0]['tables']) => {
    const { tables: port, database, owner } = world();
    return port.read({ database, owner, tables });
  };

  it('tells the columns that are wanted, of those that there are', async () => {
    await world().put('public', 'Steps', [
      { name: 'one', n: 1 },
      { name: 'two', n: null },
    ]);
    expect(await read({ name: 'Steps', columns: ['name', 'n', 'more'] })).toEqual([
      {
        kind: 'rows',
        rows: [
          { name: 'one', n: 1 },
          { name: 'two', n: null },
        ],
      },
    ]);
    expect(await read({ schema: 'public', name: 'Steps', columns: ['n'] })).toEqual([
      { kind: 'rows', rows: [{ n: 1 }, { n: null }] },
    ]);
  });

  it('tells each that is wanted, in that order', async () => {
    await world().put('public', 'first', [{ name: 'a', n: 1 }]);
    await world().put('public', 'second', []);
    const wanted = ['second', 'gone', 'first'].map((name) => ({ name, columns: ['name'] }));
    const found = await read(...wanted);
    expect(found).toEqual([{ kind: 'rows', rows: [] }, { kind: 'none' }, { kind: 'rows', rows: [{ name: 'a' }] }]);
  });

  it('does not guess which of several is meant', async () => {
    for (const schema of ['public', 'shop']) await world().put(schema, 'twice', []);
    expect(await read({ name: 'twice', columns: ['name'] })).toMatchObject([{ kind: 'unreadable' }]);
    expect(await read({ schema: 'shop', name: 'twice', columns: ['name'] })).toMatchObject([{ kind: 'rows' }]);
    expect(await read({ schema: 'none', name: 'twice', columns: ['name'] })).toEqual([{ kind: 'none' }]);
  });

  it('tells those of a template that is being built by its address', async () => {
    await world().put('public', 'built', [{ name: 'a', n: 1 }]);
    const wanted = ['built', 'gone'].map((name) => ({ name, columns: ['name', 'n'] }));
    const { tables, url } = world();
    const found = await tables.readBuilt({ url, tables: wanted });
    expect(found).toEqual([{ kind: 'rows', rows: [{ name: 'a', n: 1 }] }, { kind: 'none' }]);
  });

  it("says nothing of another's, and says why where there is none", async () => {
    const { tables, database, owner } = world();
    const other = { ...owner, worktreeId: '999999999999' };
    await expect(tables.read({ database, owner: other, tables: [] })).rejects.toMatchObject({ code: 'conflict' });
    expect(await tables.read({ database: 'wt_nobody', owner, tables: [] })).toBe(
      'The server has no database wt_nobody.',
    );
  });
}
