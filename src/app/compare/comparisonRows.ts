import type { DatabaseChanges } from '../../core/databases/databaseChanges';
import { plural } from '../../core/text/plural';
import type { WorkSince } from '../../core/ports/worktreeChanges';
import type { EnvironmentMetrics } from '../telemetry/environmentMetrics';
import { agentsFact } from '../view/agentWords';
import { worktreeView } from '../view/worktreeView';
import type { ComparedWorktree, WorktreeComparison, OrReason } from './compareWorktrees';

/** A row a question, a cell a worktree; the first cell is the question. */
export type CellRows = readonly (readonly string[])[];

const maxFiles = 40;

/** What is told of attempts side by side, for a person. */
export function comparisonRows({ snapshot, attempts }: WorktreeComparison): CellRows {
  const row = (title: string, cell: (attempt: ComparedWorktree) => string): string[] => [title, ...attempts.map(cell)];
  const rows = [
    row('', ({ name }) => name),
    row('status', ({ entry }) => {
      const { words, marks, healthyServices } = worktreeView(entry, snapshot);
      return [healthyServices, words, ...marks].filter(Boolean).join(' ');
    }),
    row('agent', ({ entry }) => agentsFact(entry).replace(/^agent /, '')),
    row('commits', ({ work }) => cellOf(work, ({ commits }) => String(commits))),
    row('files', ({ work }) => cellOf(work, filesText)),
    row('requests', ({ metrics }) => cellOf(metrics, requestsText)),
    row('errors', ({ metrics }) => cellOf(metrics, errorsText)),
    row('restarts', ({ metrics }) =>
      cellOf(metrics, ({ services }) => String(sum(services.map((each) => each.restarts)))),
    ),
    row('database', ({ database }) => cellOf(database, databaseText)),
  ];
  return rows.filter((cells) => cells.slice(1).some((cell) => cell !== ''));
}

/** The files that were changed, a column a worktree; those first that several have changed. */
export function fileRows({ attempts, overlaps }: WorktreeComparison): {
  readonly rows: CellRows;
  readonly left: number;
} {
  const byName = attempts.map(
    ({ work }) => new Map('value' in work ? work.value.files.map((file) => [file.path, file]) : []),
  );
  const shared = overlaps.map(({ path }) => path);
  const others = [...new Set(byName.flatMap((files) => [...files.keys()]))]
    .filter((path) => !shared.includes(path))
    .sort();
  const all = [...shared, ...others];
  const rows = all.slice(0, maxFiles).map((path) => [
    path,
    ...byName.map((files) => {
      const file = files.get(path);
      if (!file) return '';
      return file.isUntracked ? 'new' : file.added === undefined ? 'changed' : `+${file.added} -${file.removed ?? 0}`;
    }),
  ]);
  return { rows, left: all.length - rows.length };
}

/** A sentence; undefined: no file was changed in several. */
export function overlapText({ overlaps }: WorktreeComparison): string | undefined {
  const [first] = overlaps;
  if (!first) return undefined;
  const others = overlaps.length - 1;
  const more = others > 0 ? `, and ${plural(others, 'other file')}` : '';
  return `Changed in more than one: ${first.path} (${first.names.join(', ')})${more}. Who merges one of them first leaves the others to a conflict, or to a second look.`;
}

function cellOf<T>(told: OrReason<T> | undefined, text: (value: T) => string): string {
  if (!told) return '';
  return 'value' in told ? text(told.value) : '?';
}

function filesText({ files, isCut }: WorkSince): string {
  const added = sum(files.map((file) => file.added ?? 0));
  const removed = sum(files.map((file) => file.removed ?? 0));
  const untracked = files.filter(({ isUntracked }) => isUntracked).length;
  return `${files.length}${isCut ? ' or more' : ''} (+${added} -${removed}${untracked > 0 ? `, ${untracked} new` : ''})`;
}

function requestsText({ services }: EnvironmentMetrics): string {
  return String(sum(services.flatMap(({ requests }) => (requests ? Object.values(requests) : []))));
}

function errorsText({ services }: EnvironmentMetrics): string {
  const of = (status: '4xx' | '5xx'): number => sum(services.map(({ requests }) => requests?.[status] ?? 0));
  return [`${of('5xx')} of 5xx`, of('4xx') > 0 ? `${of('4xx')} of 4xx` : ''].filter(Boolean).join(', ');
}

function databaseText(changes: DatabaseChanges): string {
  if (changes.kind === 'unchanged') return 'as its template';
  if (changes.kind === 'unknown') return '?';
  const rows = changes.rows > 0 ? `${plural(changes.rows, 'row')} in ${plural(changes.tables, 'table')}` : '';
  return [rows, changes.schema ? 'its schema' : ''].filter(Boolean).join(', ') + ' changed';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
