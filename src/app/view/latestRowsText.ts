import { formatTable } from '../../core/text/formatTable';
import { plural } from '../../core/text/plural';
import type { WrittenRows, WrittenTable } from '../../core/ports/latestRows';

/**
 * What was written last to a database, a table after the other.
 *
 * @param plain makes what others wrote harmless where the text is shown
 */
export function latestRowsText({ tables, left }: WrittenRows, plain: (text: string) => string): string {
  const none = 'Nothing was written to it since it was made.';
  return [
    ...(tables.length === 0 && left.length === 0 ? [none] : tables.map((table) => tableText(table, plain))),
    ...(left.length === 0
      ? []
      : [
          `Not looked at, as it takes too long, is locked, or is not to be read by its role: ${left.map(plain).join(', ')}`,
        ]),
  ].join('\n\n');
}

function tableText({ name, columns, rows, isCut, deleted }: WrittenTable, plain: (text: string) => string): string {
  const hasNew = rows.some(({ isNew }) => isNew);
  const mark = (text: string): string[] => (hasNew ? [text] : []);
  const facts = [
    isCut ? `the last ${rows.length}` : rows.length > 0 ? plural(rows.length, 'row') : '',
    hasNew ? `${rows.filter(({ isNew }) => isNew).length} new` : '',
    deleted > 0 ? `${deleted} deleted` : '',
  ];
  const cells = rows.map(({ cells: row, isNew }) => [
    ...mark(isNew ? 'new' : ''),
    ...row.map((cell) => (cell === null ? 'NULL' : plain(cell))),
  ]);
  const table = cells.length === 0 ? [] : [indented(formatTable([[...mark(''), ...columns.map(plain)], ...cells]))];
  return [`${plain(name)}: ${facts.filter(Boolean).join(', ')}`, ...table].join('\n');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
