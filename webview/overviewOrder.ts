import type { ColumnView, OverviewRowView, SortOrder } from './overviewProtocol';

/** "task-4" is before "task-12". Made when it is first needed: it takes milliseconds. */
let collator: Intl.Collator | undefined;

/** Sorted by a column; those that are alike, and those of which nothing is known, stay as they come, the latter at the end either way. */
export function inOrder(
  rows: readonly OverviewRowView[],
  columns: readonly ColumnView[],
  { column, isDescending }: SortOrder,
): readonly OverviewRowView[] {
  const index = columns.findIndex(({ id }) => id === column);
  if (index < 0) return rows;
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [one.cells[index]?.order ?? null, other.cells[index]?.order ?? null];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b)));
  });
}

/** Those in which all words of the filter are found. */
export function filtered(rows: readonly OverviewRowView[], filter: string): readonly OverviewRowView[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ name, keywords, cells }) => {
    const text = [name, keywords, ...cells.flatMap((cell) => [cell.text, cell.words])].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function compareTexts(one: string, other: string): number {
  return (collator ??= new Intl.Collator(undefined, { numeric: true })).compare(one, other);
}
