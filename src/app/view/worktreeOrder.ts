import type { Snapshot, WorktreeEntry } from '../../core/model';
import { attention, attentions } from './attention';
import { worktreeName } from './worktreeView';

/** `attention`: what needs a person first. `activity`: what was worked at last. `name`: as a person counts. `memory`: what uses most. */
export type WorktreeSort = (typeof worktreeSorts)[number];

export const worktreeSorts = ['attention', 'activity', 'name', 'memory'] as const;

export interface WorktreeOrder {
  /** Absent: `attention`. */
  readonly sort?: WorktreeSort | undefined;
  /** Of the environment in a namespace, in bytes; undefined: nobody knows. */
  readonly memoryOf?: ((namespace: string) => number | undefined) | undefined;
  /** Whether those without an environment may be one row (default). */
  readonly isGrouping?: boolean | undefined;
}

/** From so many on they are one row. A row for fewer would hide names and save next to nothing. */
const leastGrouped = 4;

export interface OrderedWorktrees {
  readonly shown: readonly WorktreeEntry[];
  /** Those without an environment that are one row together; none where there are few, or where nothing has an environment. */
  readonly grouped: readonly WorktreeEntry[];
}

/** "task-4" is before "task-12". Made with the first list, and not when the extension starts: it takes milliseconds. */
let collator: Intl.Collator | undefined;

/**
 * The worktrees as a person looks for them: that of the window, then by the sort. What was worked at last comes first among those that
 * run or fail; among those without an environment nothing but the name tells them apart.
 *
 * @param ofWindow stays first, and is never in the group
 */
export function orderWorktrees(
  snapshot: Pick<Snapshot, 'cluster' | 'entries'>,
  ofWindow: WorktreeEntry | undefined,
  { sort = 'attention', memoryOf = () => undefined, isGrouping = true }: WorktreeOrder = {},
): OrderedWorktrees {
  const rows = snapshot.entries.map((entry) => ({
    entry,
    rank: attentions.indexOf(attention(entry, snapshot)),
    activity: lastActivity(entry) ?? 0,
    memory: (entry.environment && memoryOf(entry.environment.namespace)) ?? -1,
    name: worktreeName(entry),
  }));
  type Row = (typeof rows)[number];
  const { compare } = (collator ??= new Intl.Collator(undefined, { numeric: true }));
  const byName = (a: Row, b: Row): number => compare(a.name, b.name);
  const mainFirst = (a: Row, b: Row): number => Number(b.entry.worktree.isMain) - Number(a.entry.worktree.isMain);
  const byActivity = (a: Row, b: Row): number => b.activity - a.activity || byName(a, b);
  const orders: Readonly<Record<WorktreeSort, (a: Row, b: Row) => number>> = {
    attention: (a, b) => a.rank - b.rank || (a.rank === bareRank ? mainFirst(a, b) || byName(a, b) : byActivity(a, b)),
    activity: byActivity,
    name: byName,
    memory: (a, b) => b.memory - a.memory || byActivity(a, b),
  };
  const others = rows.filter(({ entry }) => entry !== ofWindow).sort(orders[sort]);
  const bare = others.filter(isGroupable);
  const isGrouped = isGrouping && bare.length >= leastGrouped && rows.some(({ rank }) => rank !== bareRank);
  return {
    shown: [
      ...(ofWindow && snapshot.entries.includes(ofWindow) ? [ofWindow] : []),
      ...others.filter((row) => !isGrouped || !isGroupable(row)).map(({ entry }) => entry),
    ],
    grouped: isGrouped ? bare.map(({ entry }) => entry) : [],
  };
}

const bareRank = attentions.indexOf('bare');

/** The main worktree is where people go back to: it is one row, and is not looked for in a group. */
function isGroupable({ rank, entry }: { readonly rank: number; readonly entry: WorktreeEntry }): boolean {
  return rank === bareRank && !entry.worktree.isMain;
}

/** When it was made, last committed to, last got new pods or its agents turned to what they do, whatever was latest; undefined: nobody knows. Milliseconds. */
export function lastActivity({
  status,
  identity,
  environment,
  agents = [],
}: Pick<WorktreeEntry, 'status' | 'identity' | 'environment' | 'agents'>): number | undefined {
  const times = [
    Date.parse(status?.lastCommit?.date ?? ''),
    Date.parse(identity?.createdAt ?? ''),
    environment?.startedAt ?? Number.NaN,
    ...agents.map(({ since }) => since),
  ].filter((time) => Number.isFinite(time));
  return times.length === 0 ? undefined : Math.max(...times);
}
