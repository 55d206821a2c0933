import { clusterNews } from '../../app/view/clusterNews';
import {
  overviewColumns,
  overviewHints,
  overviewTitles,
  type OverviewColumn,
  type OverviewFacts,
  type OverviewRow,
} from '../../app/view/overviewRow';
import type { Trend } from '../../app/view/trends';
import type { Snapshot } from '../../core/model';
import {
  overviewLimits,
  type OverviewRowView,
  type ToOverview,
  type TrendView,
} from '../../../webview/overviewProtocol';
import { localTime, plainLine, shortened } from '../editor/text';

type Message<Type extends ToOverview['type']> = Extract<ToOverview, { readonly type: Type }>;

const numbers: ReadonlySet<OverviewColumn> = new Set(['requests', 'errors', 'p95', 'cpu', 'memory', 'disk']);

export const columnsMessage: Message<'columns'> = {
  type: 'columns',
  columns: overviewColumns.map((id) => ({
    id,
    title: overviewTitles[id],
    hint: overviewHints[id],
    isNumber: numbers.has(id),
    isMostFirst: numbers.has(id) || id === 'branch',
  })),
};

export interface ShownOverview {
  readonly rows: readonly OverviewRow[];
  readonly snapshot: Snapshot;
  readonly facts: OverviewFacts;
  /** Why nothing new comes of what they do; '' when it comes. */
  readonly failure: string;
  /** The folder of the window's worktree. */
  readonly ofWindow: string | undefined;
}

export function rowsMessage({ rows, snapshot, facts, failure, ofWindow }: ShownOverview): Message<'rows'> {
  const offline = clusterNews(snapshot).find(({ kind }) => kind === 'offline');
  const missing = [facts.loads?.missing.usage, facts.loads?.missing.requests].filter((why) => why !== undefined);
  const notes = offline
    ? [`${offline.title} since ${localTime(offline.since ?? '')}, ${offline.detail}.`]
    : [...(failure === '' ? [] : [failure]), ...missing];
  return {
    type: 'rows',
    rows: rows.slice(0, overviewLimits.rows).map((row) => rowView(row, row.id === ofWindow)),
    nothing: snapshot.repository ? 'No worktree has an environment yet.' : '',
    notes: notes.slice(0, overviewLimits.notes).map(worded),
  };
}

function rowView(row: OverviewRow, isOfWindow: boolean): OverviewRowView {
  const { id, cells, tone, attention, entry } = row;
  return {
    id: shortened(id, overviewLimits.id),
    name: named(cells.name.text),
    tone,
    keywords: [attention, isOfWindow ? 'this window' : ''].filter(Boolean).join(' '),
    isOfWindow,
    cells: overviewColumns.map((column) => {
      const { text, words = '', order } = cells[column];
      return {
        text: named(text),
        words: worded(words),
        order: typeof order === 'string' ? named(order) : order === undefined || !Number.isFinite(order) ? null : order,
      };
    }),
    opens: {
      dashboard: entry !== undefined && (entry.environment !== undefined || entry.identity !== undefined),
      logs: serviceToShow(row) !== undefined,
      window: entry !== undefined && !isOfWindow && entry.worktree.prunable === undefined,
    },
  };
}

/** Whose log is shown for an environment: what fails first, else what is asked most, else the first. */
export function serviceToShow({ entry, load }: Pick<OverviewRow, 'entry' | 'load'>): string | undefined {
  const services = entry?.environment?.services ?? [];
  const rate = (name: string): number => load?.requests.get(name)?.perSecond['2xx'] ?? 0;
  const [most] = [...services].sort((one, other) => rate(other.name) - rate(one.name));
  return (services.find(({ health }) => health === 'degraded') ?? most)?.name;
}

export function trendView(id: string, trend: Trend): TrendView {
  const of = (read: (point: NonNullable<Trend[number]>) => number | undefined): (number | null)[] =>
    trend.map((point) => (point && read(point)) ?? null);
  return {
    id: shortened(id, overviewLimits.id),
    requests: of(({ requestsPerSecond }) => requestsPerSecond),
    errors: of(({ errorsPerSecond }) => errorsPerSecond),
    cpu: of(({ cpuCores }) => cpuCores),
    memory: of(({ memoryBytes }) => memoryBytes),
  };
}

const named = (text: string): string => shortened(plainLine(text), overviewLimits.name);
const worded = (text: string): string => shortened(plainLine(text), overviewLimits.words);
