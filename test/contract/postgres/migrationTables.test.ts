import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { PostgresTables } from '../../../src/adapters/postgres/postgresTables';
import type { FoundTable, WantedTable } from '../../../src/core/ports/databaseTables';
import { statusesOf, toolCells, worktreeOf, type Row } from '../../support/migrationCells';
import { recordedTables } from '../../support/migrationTables';
import { testPostgres, type TestPostgres } from '../../support/postgres';

const repositoryId = 'cccccccccccc';
const owner = { repositoryId, worktreeId: '111111111111' };
/** What a tool writes besides, where a column takes no null. */
const besides: Readonly<Record<string, Row>> = {
  'drizzle.__drizzle_migrations': { hash: 'x' },
  pgmigrations: { run_on: '2026-01-01' },
  kysely_migration: { timestamp: '2026-01-01' },
  _prisma_migrations: { id: 'x', checksum: 'x' },
  django_migrations: { applied: '2026-01-01' },
};

let postgres: TestPostgres;
let databases: PostgresDatabases;
let tables: PostgresTables;
let counter = 0;

beforeAll(async () => {
  postgres = await testPostgres({ settings: { fsync: 'off' } });
  await postgres.server.start();
  databases = new PostgresDatabases({ server: postgres.server });
  tables = new PostgresTables(postgres.server, 60_000);
  await databases.ensureTemplate({ name: 'tpl_tools', repositoryId, recipe: 'r' }, async () => undefined);
});
afterAll(() => postgres?.dispose());

/** Of the port, a table a time. */
async function readAll(database: string, files: Readonly<Record<string, string>>) {
  const wanted: WantedTable[] = [];
  await statusesOf(files, (table) => {
    wanted.push(table);
    return { kind: 'none' };
  });
  const found = await tables.read({ database, owner, tables: wanted });
  if (typeof found === 'string') throw new Error(found);
  return statusesOf(files, (table) => found[wanted.findIndex((each) => each.name === table.name)] as FoundTable);
}

describe.each(
  toolCells.map((cells, index) => ({ cells, recorded: recordedTables[indexOf(index)], title: titleOf(index) })),
)('the tables of $title', ({ cells, recorded }) => {
  it('are understood as the tool makes them, from none to one that is older', async () => {
    expect(recorded).toBeDefined();
    const database = `wt_tool_${++counter}`;
    const { url } = await databases.clone({ database, role: database, template: 'tpl_tools', owner });
    const files = worktreeOf(cells, [1, 2, 3]);
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      expect(await readAll(database, files)).toMatchObject([{ tool: cells.tool, state: 'behind', older: [] }]);
      await client.query(recorded?.sql ?? '');
      expect((await readAll(database, files))[0]?.behind).toHaveLength(3);
      for (const [table, rows] of Object.entries(cells.tables([1, 3]))) {
        const name = table
          .split('.')
          .map((part) => `"${part}"`)
          .join('.');
        for (const [index, row] of rows.entries()) {
          const all: Record<string, unknown> = { ...besides[table], ...row };
          if (typeof all['id'] === 'string') all['id'] = `x${index}`;
          const columns = Object.keys(all).map((column) => `"${column}"`);
          const places = columns.map((_, at) => `$${at + 1}`);
          await client.query(`INSERT INTO ${name} (${columns.join()}) VALUES (${places.join()})`, Object.values(all));
        }
      }
      const older = [cells.name(2)];
      expect(await readAll(database, files)).toMatchObject([{ state: 'diverged', behind: older, older, ahead: [] }]);
      expect(await readAll(database, worktreeOf(cells, [1, 3]))).toMatchObject([{ state: 'upToDate' }]);
    } finally {
      await client.end();
    }
  });
});

/** Drizzle's next major is the second of that name in both. */
function titleOf(index: number): string {
  const { tool } = toolCells[index] ?? { tool: '' };
  const isSecond = toolCells.findIndex((each) => each.tool === tool) !== index;
  return isSecond ? `${tool} 1.0.0-rc.5` : tool;
}

function indexOf(index: number): number {
  return recordedTables.findIndex(({ tool }) => tool === titleOf(index));
}
