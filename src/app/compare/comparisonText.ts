import { formatTable } from '../../core/text/formatTable';
import type { WorktreeComparison } from './compareWorktrees';
import { comparisonRows, fileRows, overlapText, type CellRows } from './comparisonRows';

/**
 * Worktrees side by side as a text with columns.
 *
 * @param plain makes what others wrote harmless where the text is shown
 * @param more what says where the files are that are left out
 */
export function comparisonText(
  comparison: WorktreeComparison,
  plain: (text: string) => string,
  more: (left: number) => string,
): string {
  const { rows, left } = fileRows(comparison);
  const warning = overlapText(comparison);
  const table = (cells: CellRows): string => formatTable(cells.map((row) => row.map(plain)));
  return [
    table(comparisonRows(comparison)),
    rows.length === 0 ? '' : table(rows) + (left > 0 ? `\n${more(left)}` : ''),
    warning === undefined ? '' : plain(warning),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
