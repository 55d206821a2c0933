import { describe, expect, test } from 'vitest';
import { summarizeChanges } from '../../../../src/core/databases/databaseChanges';

describe('what was written to a database', () => {
  test.each([
    '_prisma_migrations',
    'drizzle.__drizzle_migrations',
    'knex_migrations',
    'knex_migrations_lock',
    'pgmigrations',
    'SequelizeMeta',
    'alembic_version',
    'django_migrations',
    'schema_migrations',
    'ar_internal_metadata',
    'flyway_schema_history',
    'DATABASECHANGELOGLOCK',
    '__EFMigrationsHistory',
    'goose_db_version',
    '_sqlx_migrations',
    'migrations',
  ])('what a migrating tool notes in %s is no work, and explains a schema', (table) => {
    expect(summarizeChanges([{ table, rows: 3 }], true)).toEqual({ kind: 'unchanged' });
  });

  test.each(['bird_migrations', 'schema_versions_of_users', 'shop.versions', 'prisma'])('%s is', (table) => {
    expect(summarizeChanges([{ table, rows: 3 }], false)).toMatchObject({ kind: 'changed', rows: 3 });
  });

  test('names the three tables with the most, and counts all', () => {
    const tables = [1, 5, 3, 0, 5].map((rows, index) => ({ table: `t${index}`, rows }));
    expect(summarizeChanges(tables, true)).toEqual({
      kind: 'changed',
      rows: 14,
      tables: 4,
      examples: [
        { table: 't1', rows: 5 },
        { table: 't4', rows: 5 },
        { table: 't2', rows: 3 },
      ],
      schema: true,
    });
  });

  test('a schema alone is a change, unless a migration is what it came by', () => {
    expect(summarizeChanges([], false)).toEqual({ kind: 'unchanged' });
    expect(summarizeChanges([], true)).toMatchObject({ kind: 'changed', rows: 0, tables: 0, schema: true });
    const both = [
      { table: 'knex_migrations', rows: 1 },
      { table: 'notes', rows: 2 },
    ];
    expect(summarizeChanges(both, true)).toMatchObject({ kind: 'changed', rows: 2, tables: 1, schema: false });
  });
});
