/** What an environment's database has that it did not have when it was cloned. */
export type DatabaseChanges =
  | { readonly kind: 'unchanged' }
  | ({ readonly kind: 'changed' } & RowChanges)
  /** It may have changed; `reason` is one sentence that says why that cannot be told. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface RowChanges {
  /** How often a row was inserted, changed or deleted. 0: only its schema is another one. */
  readonly rows: number;
  /** In how many tables. */
  readonly tables: number;
  /** The three with the most changes, those first. */
  readonly examples: readonly TableChanges[];
  /** Whether tables, columns, functions and the like came, went or became others by hand, not by a migration. */
  readonly schema: boolean;
}

export interface TableChanges {
  /** With its schema, unless that is `public`. */
  readonly table: string;
  readonly rows: number;
}

/** Where tools that migrate keep which migrations ran. What ran is in the worktree's files, so that these rows are no work. */
const bookkeeping = new RegExp(
  `^(?:.*\\.)?(?:${[
    '_+prisma_migrations',
    '_+drizzle_migrations',
    'knex_migrations(?:_lock)?',
    'kysely_migration(?:_lock)?',
    'pgmigrations',
    'mikro_orm_migrations',
    'sequelizemeta',
    'typeorm_metadata',
    '(?:schema_|db_)?migrations?',
    'schema_migrations?(?:_lock)?',
    'schema_version',
    'schema_info',
    'ar_internal_metadata',
    'alembic_version',
    'django_migrations',
    'doctrine_migration_versions',
    'phinxlog',
    'flyway_schema_history',
    'databasechangelog(?:lock)?',
    '__efmigrationshistory',
    'goose_db_version',
    'gorp_migrations',
    'atlas_schema_revisions',
    'bun_migrations(?:_lock|_locks)?',
    '_sqlx_migrations',
    'seaql_migrations',
    'refinery_schema_history',
    '__diesel_schema_migrations',
  ].join('|')})$`,
  'i',
);

/** @param table with its schema or without */
export function isBookkeeping(table: string): boolean {
  return bookkeeping.test(table);
}

/**
 * @param tables every table with changes
 * @param schema whether the schema is another one than that of the clone
 */
export function summarizeChanges(tables: readonly TableChanges[], schema: boolean): DatabaseChanges {
  const written = tables.filter(({ rows }) => rows > 0);
  const own = written.filter(({ table }) => !isBookkeeping(table));
  // A service that migrates when it starts makes the schema that its worktree's files say.
  const byHand = schema && own.length === written.length;
  if (own.length === 0 && !byHand) return { kind: 'unchanged' };
  const sorted = own.toSorted((a, b) => b.rows - a.rows || (a.table < b.table ? -1 : 1));
  const rows = own.reduce((sum, table) => sum + table.rows, 0);
  return { kind: 'changed', rows, tables: own.length, examples: sorted.slice(0, 3), schema: byHand };
}
