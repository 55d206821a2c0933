import { formatTable } from '../core/text/formatTable';
import { overviewColumns, overviewTitles, type OverviewFacts, type OverviewRow } from '../app/view/overviewRow';
import type { Trend } from '../app/view/trends';
import { capitalized, printable } from './table';

const heights = '▁▂▃▄▅▆▇█';
/** So many points of the trend are one sign. */
const together = 5;

/** A row an environment; what nobody knows is `-`, and below it is said why. */
export function overviewTable(
  rows: readonly OverviewRow[],
  { loads, sizes }: OverviewFacts,
  trendOf: (namespace: string | undefined) => Trend,
  failure: string,
): string {
  // What was not looked for has no column.
  const columns = overviewColumns.filter((column) => column !== 'disk' || (sizes?.size ?? 0) > 0);
  const header = [...columns.map((column) => overviewTitles[column].toUpperCase()), 'REQUESTS OF THE LAST HOUR'];
  const table = rows.map((row) => [
    ...columns.map((column) => {
      const text = printable(row.cells[column].text);
      return (column === 'health' || column === 'agent' ? capitalized(text) : text) || '-';
    }),
    sparkText(trendOf(row.namespace).map((point) => point?.requestsPerSecond)),
  ]);
  const notes = [failure, loads?.missing.usage ?? '', loads?.missing.requests ?? ''].filter((note) => note !== '');
  return [formatTable([header, ...table]), ...notes.map(printable)].join('\n');
}

/** `▁▁▃█▂`: a sign for some minutes, the lowest for nothing and a space where nobody knows; '-' where nobody knows anything. */
export function sparkText(values: readonly (number | undefined)[]): string {
  const means = Array.from({ length: Math.ceil(values.length / together) }, (_, index) => {
    const known = values.slice(index * together, (index + 1) * together).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0) / known.length;
  });
  const most = Math.max(0, ...means.map((mean) => mean ?? 0));
  if (means.every((mean) => mean === undefined)) return '-';
  return means
    .map((mean) =>
      mean === undefined ? ' ' : (heights[most === 0 ? 0 : Math.ceil((mean / most) * (heights.length - 1))] ?? ' '),
    )
    .join('');
}
