import type { Client } from 'pg';
import type { LatestRows, LatestRowsRequest, WrittenRow, WrittenRows, WrittenTable } from '../../core/ports/latestRows';
import { isNewer } from './databaseBaseline';
import { identifier } from './ownership';
import { codeOf } from './postgresErrors';
import { readingOnly } from './readOnlyClient';

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly deleted: number;
}

/** It takes too long, somebody has locked it, it is gone by now, or is not the role's to read. */
const passing: ReadonlySet<string | undefined> = new Set(['57014', '55P03', '42P01', '42501']);

/**
 * By the transaction that wrote each row, which every row has: no statement is logged and no trigger made for it. A row that was changed is
 * one that was written anew; of one that was deleted nothing is left but a count.
 */
export class PostgresLatestRows implements LatestRows {
  read(request: LatestRowsRequest, signal: AbortSignal): Promise<WrittenRows> {
    return readingOnly(request, signal, 'What was written could not be read', async (client) => {
      const deadline = performance.now() + request.timeoutMs;
      // Functions of whoever owns the database are not called by these names, and its policies do not choose among rows unseen.
      await client.query('SET search_path = pg_catalog; SET row_security = off');
      const { mark, made } = await readMoment(client);
      const tables: { readonly age: number; readonly table: WrittenTable }[] = [];
      const left: string[] = [];
      for (const table of await readTables(client)) {
        const remaining = Math.ceil(deadline - performance.now());
        const read =
          remaining > 0 ? await readTable(client, table, { ...request, timeoutMs: remaining }, made) : undefined;
        if (read === undefined) left.push(shownName(table));
        else if (read.table.rows.length > 0 || table.deleted > 0) tables.push(read);
      }
      return { tables: tables.sort((a, b) => a.age - b.age).map(({ table }) => table), left, mark };
    });
  }
}

function shownName({ schema, name }: Table): string {
  return schema === 'public' ? name : `${schema}.${name}`;
}

/** @returns mark: the first transaction that has not begun yet; made: that which made the database */
async function readMoment(client: Client): Promise<{ readonly mark: string; readonly made: string }> {
  const { rows } = await client.query<{ mark: string; made: string }>(
    `SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS mark,
       (SELECT xmin::text FROM pg_database WHERE datname = current_database()) AS made`,
  );
  return rows[0] ?? { mark: '0', made: '0' };
}

/** The small ones first: of a large database the most is seen in the time that there is. */
async function readTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `SELECT nspname AS schema, relname AS name,
       coalesce((SELECT json_agg(attname ORDER BY attnum) FROM pg_attribute
         WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped), '[]') AS columns,
       coalesce(pg_stat_get_tuples_deleted(c.oid), 0)::float8 AS deleted
     FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind = 'r' AND c.oid >= 16384 AND relpersistence <> 't' AND has_table_privilege(c.oid, 'SELECT')
     ORDER BY relpages, nspname, relname`,
  );
  return rows;
}

/** @returns undefined: nobody can look at it now */
async function readTable(
  client: Client,
  table: Table,
  { since, timeoutMs, maxRows, maxCell }: LatestRowsRequest,
  made: string,
): Promise<{ readonly age: number; readonly table: WrittenTable } | undefined> {
  const from = `ONLY ${identifier(table.schema)}.${identifier(table.name)}`;
  const cells = table.columns.map((column) => `, left(t.${identifier(column)}::text, ${maxCell + 1})`).join('');
  const isNew = since === undefined ? 'false' : 'age(xmin) <= age($2::xid8::xid)';
  // Cells of those that are told are read, and of no others.
  const text = `SELECT age, fresh::int${cells}
    FROM (SELECT ctid AS place, age(xmin) AS age, ${isNew} AS fresh FROM ${from} WHERE ${isNewer}
      ORDER BY age(xmin) LIMIT ${maxRows + 1}) AS latest JOIN ${from} AS t ON t.ctid = place ORDER BY age`;
  try {
    await client.query(`SET statement_timeout = ${timeoutMs}`);
    const values = since === undefined ? [made] : [made, since];
    const { rows } = await client.query<[number, number, ...(string | null)[]]>({ text, values, rowMode: 'array' });
    const told = rows.slice(0, maxRows).map(([, fresh, ...row]): WrittenRow => {
      return { isNew: fresh === 1, cells: row.map((cell) => cutCell(cell, maxCell)) };
    });
    const { columns, deleted } = table;
    const isCut = rows.length > maxRows;
    return { age: rows[0]?.[0] ?? Infinity, table: { name: shownName(table), columns, rows: told, isCut, deleted } };
  } catch (error) {
    if (passing.has(codeOf(error))) return undefined;
    throw error;
  }
}

function cutCell(cell: string | null, maxCell: number): string | null {
  return cell === null || cell.length <= maxCell ? cell : `${cell.slice(0, maxCell)}…`;
}
