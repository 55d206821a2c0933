import { AppError } from '../../../src/core/errors';
import { isSameOwner } from '../../../src/core/clusters/isSameOwner';
import type { Owner } from '../../../src/core/model';
import type { CellValue, DatabaseTables, FoundTable, WantedTable } from '../../../src/core/ports/databaseTables';

type Rows = readonly Readonly<Record<string, CellValue>>[];

/** Tables in memory, each of a database of an owner. */
export class FakeDatabaseTables implements DatabaseTables {
  readonly #owners = new Map<string, Owner>();
  readonly #tables = new Map<string, { readonly schema: string; readonly name: string; readonly rows: Rows }[]>();

  own(database: string, owner: Owner): void {
    this.#owners.set(database, owner);
  }

  put(database: string, schema: string, name: string, rows: Rows): void {
    const others = (this.#tables.get(database) ?? []).filter((each) => each.schema !== schema || each.name !== name);
    this.#tables.set(database, [...others, { schema, name, rows }]);
  }

  async read(
    request: { readonly database: string; readonly owner: Owner; readonly tables: readonly WantedTable[] },
    signal?: AbortSignal,
  ): Promise<readonly FoundTable[] | string> {
    signal?.throwIfAborted();
    const { database, owner, tables } = request;
    const holder = this.#owners.get(database);
    if (!holder) return `The server has no database ${database}.`;
    if (!isSameOwner(holder, owner))
      throw new AppError('conflict', `The database ${database} belongs to somebody else.`);
    return tables.map((wanted) => this.#find(database, wanted));
  }

  async readBuilt(
    { url, tables }: { readonly url: string; readonly tables: readonly WantedTable[] },
    signal?: AbortSignal,
  ): Promise<readonly FoundTable[] | string> {
    signal?.throwIfAborted();
    return tables.map((wanted) => this.#find(new URL(url).pathname.slice(1), wanted));
  }

  #find(database: string, { schema, name, columns }: WantedTable): FoundTable {
    const found = (this.#tables.get(database) ?? []).filter(
      (each) => each.name === name && (schema === undefined || each.schema === schema),
    );
    const [only] = found;
    if (!only) return { kind: 'none' };
    if (found.length > 1) return { kind: 'unreadable', reason: `Several schemas have a table ${name}.` };
    const keep = (row: Rows[number]) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => columns.includes(key)));
    return { kind: 'rows', rows: only.rows.map(keep) };
  }
}
