import { Query, type Client } from 'pg';
import { AppError } from '../../core/errors';
import type { DatabaseQueries, QueryRequest, QueryRows } from '../../core/ports/databaseQueries';
import { readingOnly } from './readOnlyClient';

/**
 * A connection a query, which is over with it: whatever a statement sets holds for nobody else. The transaction is read-only before the
 * statement comes, PostgreSQL lets no statement of it change that, and the extended protocol takes one statement alone, so that none can
 * end it and go on.
 */
export class PostgresQueries implements DatabaseQueries {
  async read({ url, sql, timeoutMs, maxRows, maxBytes }: QueryRequest, signal: AbortSignal): Promise<QueryRows> {
    return readingOnly({ url, timeoutMs }, signal, 'The query failed', async (client) => {
      await client.query('BEGIN READ ONLY');
      return rowsOf(client, sql, { maxRows, maxBytes });
    });
  }
}

function rowsOf(client: Client, sql: string, limit: Pick<QueryRequest, 'maxRows' | 'maxBytes'>): Promise<QueryRows> {
  return new Promise((resolve, reject) => {
    const rows: (string | null)[][] = [];
    let columns: readonly string[] = [];
    let bytes = 0;
    const asText = { getTypeParser: () => (value: unknown) => (typeof value === 'string' ? value : String(value)) };
    // With values it goes by the extended protocol.
    const query = new Query({
      text: sql,
      values: [],
      rowMode: 'array',
      types: asText as never,
      queryMode: 'extended',
    } as never);
    query.on('row', (row: unknown, result) => {
      const cells = row as (string | null)[];
      columns = result?.fields.map(({ name }) => name) ?? columns;
      bytes += cells.reduce((sum, cell) => sum + (cell?.length ?? 4), 0);
      if (rows.length < limit.maxRows && bytes <= limit.maxBytes) {
        rows.push(cells);
        return;
      }
      // The connection is ended with it: nobody reads the rest.
      resolve({ columns, rows, isCut: true });
      void client.end().catch(() => undefined);
    });
    query.on('end', (result) => resolve({ columns: result.fields.map(({ name }) => name), rows, isCut: false }));
    query.on('error', reject);
    client.on('end', () => reject(new AppError('timeout', 'The query took too long and was ended.')));
    client.query(query);
  });
}
