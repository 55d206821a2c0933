import type { Session } from '../../src/adapters/postgres/session';

/** A database as templates are: many small tables, or much in few. */
export interface TemplateSize {
  readonly name: string;
  readonly tables: number;
  /** Of about 900 bytes each. */
  readonly rowsPerTable: number;
  /** Whether a copy by the byte takes long. */
  readonly isLarge: boolean;
}

/** @param quick smaller: to see that it works */
export function templates(quick: boolean): readonly TemplateSize[] {
  return [
    { name: '9 MB in 400 files', tables: 20, rowsPerTable: 50, isLarge: false },
    { name: '58 MB in 1,500 files', tables: 310, rowsPerTable: quick ? 20 : 150, isLarge: false },
    { name: quick ? '100 MB' : '1 GB', tables: 4, rowsPerTable: quick ? 27_000 : 276_000, isLarge: true },
  ];
}

/** Each table has a key and long texts, and so four files or more. */
export function fillStatements({ tables, rowsPerTable }: TemplateSize): readonly string[] {
  return Array.from({ length: tables }, (_, i) => `public.filled_${i}`).flatMap((table) => [
    `CREATE TABLE ${table} (id int PRIMARY KEY, body text)`,
    `INSERT INTO ${table} SELECT n, repeat(md5(n::text), 28) FROM generate_series(1, ${rowsPerTable}) AS n`,
  ]);
}

export async function fillDatabase(session: Session, size: TemplateSize): Promise<void> {
  for (const statement of fillStatements(size)) await session.query(statement);
}
