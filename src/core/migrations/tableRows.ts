import type { CellValue, FoundTable } from '../ports/databaseTables';

type Row = Readonly<Record<string, CellValue>>;

/** None where there is no such table. */
export function rowsOf(table: FoundTable | undefined): readonly Row[] {
  return table?.kind === 'rows' ? table.rows : [];
}

/** '' of what is no text and no number. */
export function textIn(value: CellValue): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Whether a table that others have under the same name is of another tool. */
export function lacksColumn(table: FoundTable | undefined, column: string): boolean {
  const [row] = rowsOf(table);
  return row !== undefined && row[column] === undefined;
}
