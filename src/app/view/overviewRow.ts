import type { Snapshot, UnclaimedEnvironment, WorktreeEntry } from '../../core/model';
import type { PullRequest } from '../../core/ports/pullRequests';
import { plural } from '../../core/text/plural';
import type { ClusterLoads, EnvironmentLoad } from '../../core/ports/telemetry';
import { age } from './age';
import { agentsFact } from './agentWords';
import { bytesText, msText, percentText, rateText } from './amounts';
import { attention, attentions, type Attention } from './attention';
import { orphanView } from './orphanView';
import { pullRequestSigns, pullRequestWords } from './pullRequestText';
import type { Tone } from './stateWords';
import { allPerSecond, usageOfPods, type Trend, type Trends } from './trends';
import { lastActivity } from './worktreeOrder';
import { worktreeView } from './worktreeView';

/** What the overview says of each environment, in the order of its columns. */
export const overviewColumns = [
  'name',
  'health',
  'agent',
  'branch',
  'requests',
  'errors',
  'p95',
  'cpu',
  'memory',
  'disk',
  'used',
  'age',
] as const;
export type OverviewColumn = (typeof overviewColumns)[number];

export const overviewTitles: Readonly<Record<OverviewColumn, string>> = {
  name: 'Environment',
  health: 'Health',
  agent: 'Agent',
  branch: 'Branch',
  requests: 'Requests',
  errors: 'Errors',
  p95: 'p95',
  cpu: 'CPU',
  memory: 'Memory',
  disk: 'Disk',
  used: 'Last Used',
  age: 'Age',
};

/** What each column is about, in a sentence. */
export const overviewHints: Readonly<Record<OverviewColumn, string>> = {
  name: 'The branch of the worktree that it belongs to.',
  health: 'How it is, and how many of its services are healthy.',
  agent: 'What the agent in its worktree does.',
  branch:
    'Commits that are not pushed (↑) and not pulled (↓), files that are not committed (●), and its open pull request (#), where gh knows of it.',
  requests: 'Requests through its URLs, in the last minute.',
  errors: 'Which share of them was answered with a status of 500 or more.',
  p95: 'In which time 95 of 100 of them were answered.',
  cpu: 'Of one processor.',
  memory: 'Of all its services.',
  disk: 'What the files of its worktree take.',
  used: 'When somebody last worked in it, or asked its services for something.',
  age: 'Since it was created.',
};

export interface OverviewCell {
  /** '': nobody knows, or there is nothing to be said. */
  readonly text: string;
  /** The same for a screen reader, where the text is made of signs. */
  readonly words?: string;
  /** By what rows are sorted; undefined: after all others. */
  readonly order: number | string | undefined;
}

export interface OverviewRow {
  /** The folder of its worktree; of one that no worktree claims the namespace. */
  readonly id: string;
  readonly entry: WorktreeEntry | undefined;
  readonly namespace: string | undefined;
  readonly tone: Tone;
  readonly attention: Attention;
  readonly load: EnvironmentLoad | undefined;
  readonly cells: Readonly<Record<OverviewColumn, OverviewCell>>;
}

/** What is known besides the snapshot. */
export interface OverviewFacts {
  /** undefined: nothing is known of now. */
  readonly loads?: ClusterLoads | undefined;
  /** What the files of a worktree take, by its folder; `isCut`: it is more than that. */
  readonly sizes?: ReadonlyMap<string, { readonly bytes: number; readonly isCut: boolean }> | undefined;
  /** When somebody last asked its services for something, by namespace; milliseconds since the epoch. */
  readonly visits?: ReadonlyMap<string, number> | undefined;
  /** The open ones, by the branch; undefined: nobody has told. */
  readonly pullRequests?: ReadonlyMap<string, PullRequest> | undefined;
  /** What they did in the last hour. */
  readonly trends?: Pick<Trends, 'of'> | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A row for each environment of the repository, and for each agent without one: what needs a person first, then what was used last. */
export function overviewRows(snapshot: Snapshot, facts: OverviewFacts): OverviewRow[] {
  const own = snapshot.entries
    .filter((entry) => attention(entry, snapshot) !== 'bare')
    .map((entry) => rowOf(entry, snapshot, facts));
  const rows = [...own, ...snapshot.orphans.map((orphan) => orphanRow(orphan, facts))];
  return rows.sort((one, other) => compareDefault(one.cells, other.cells));
}

function compareDefault(one: OverviewRow['cells'], other: OverviewRow['cells']): number {
  const [health, otherHealth] = [String(one.health.order), String(other.health.order)];
  if (health !== otherHealth) return health < otherHealth ? -1 : 1;
  const [used, otherUsed] = [Number(one.used.order ?? Infinity), Number(other.used.order ?? Infinity)];
  return used === otherUsed ? 0 : used - otherUsed;
}

function rowOf(entry: WorktreeEntry, snapshot: Snapshot, facts: OverviewFacts): OverviewRow {
  const view = worktreeView(entry, snapshot);
  const seen = attention(entry, snapshot);
  const namespace = entry.environment?.namespace;
  const load = namespace === undefined ? undefined : facts.loads?.environments.get(namespace);
  const visited = namespace === undefined ? undefined : facts.visits?.get(namespace);
  const worked = lastActivity(entry);
  const used = worked === undefined ? visited : Math.max(worked, visited ?? 0);
  const health = [[view.words, ...view.marks].filter(Boolean).join(', '), view.healthyServices].filter(Boolean);
  const [healthy, wanted] = view.healthyServices?.split('/') ?? [];
  return {
    ...{ id: entry.worktree.path, entry, namespace, tone: view.tone, attention: seen, load },
    cells: {
      name: { text: view.name, order: view.name },
      health: {
        text: health.join(' '),
        ...(wanted === undefined
          ? {}
          : { words: `${health[0]}, ${healthy} of ${plural(Number(wanted), 'service')} healthy` }),
        order: healthOrder(seen, view.words),
      },
      agent: agentCell(entry),
      branch: branchCell(entry, facts),
      ...loadCells(load, trendOf(namespace, facts)),
      disk: diskCell(facts.sizes?.get(entry.worktree.path)),
      used: ageCell(used, facts.now),
      age: sinceCell(Date.parse(entry.identity?.createdAt ?? ''), facts.now),
    },
  };
}

function orphanRow(orphan: UnclaimedEnvironment, facts: OverviewFacts): OverviewRow {
  const { words, tone } = orphanView(orphan);
  const { namespace, slug } = orphan;
  const load = facts.loads?.environments.get(namespace);
  const none: OverviewCell = { text: '', order: undefined };
  return {
    ...{ id: namespace, entry: undefined, namespace, tone, attention: 'failing', load },
    cells: {
      name: { text: slug, order: slug },
      health: { text: words, order: healthOrder('failing', words) },
      ...{ agent: none, branch: none, disk: none, age: none },
      ...loadCells(load, trendOf(namespace, facts)),
      used: ageCell(facts.visits?.get(namespace), facts.now),
    },
  };
}

/** By how much it wants to be seen, then those that are alike together. */
function healthOrder(seen: Attention, words: string): string {
  return `${attentions.indexOf(seen)} ${words}`;
}

function agentCell(entry: WorktreeEntry): OverviewCell {
  const words = agentsFact(entry).replace(/^agent /, '');
  const order = ['waiting', 'done', 'gone', 'idle', 'working'].indexOf(entry.agents?.[0]?.state ?? '');
  return { text: words, order: order < 0 ? undefined : order };
}

const noChanges = { ahead: 0, behind: 0, changed: 0, untracked: 0, conflicts: 0 };

function branchCell({ status, worktree }: WorktreeEntry, { pullRequests }: OverviewFacts): OverviewCell {
  const request = worktree.branch === undefined ? undefined : pullRequests?.get(worktree.branch);
  if (!status && !request) return { text: '', order: undefined };
  const { ahead, behind, changed, untracked, conflicts } = status ?? noChanges;
  const files = changed + untracked;
  const signs = [ahead && `↑${ahead}`, behind && `↓${behind}`, files && `●${files}`];
  const words = [
    ahead && `${plural(ahead, 'commit')} ahead`,
    behind && `${plural(behind, 'commit')} behind`,
    files && plural(files, 'changed file'),
  ];
  const conflict = conflicts > 0 ? plural(conflicts, 'conflict') : '';
  return {
    text: [...signs, conflict, request && pullRequestSigns(request)].filter(Boolean).join(' '),
    words: [...words, conflict, request && pullRequestWords(request)].filter(Boolean).join(', '),
    order: ahead + behind + files + conflicts || undefined,
  };
}

type Point = NonNullable<Trend[number]>;

function trendOf(namespace: string | undefined, { trends, now }: OverviewFacts): Trend {
  return namespace === undefined ? [] : (trends?.of(namespace, now) ?? []);
}

function loadCells(
  load: EnvironmentLoad | undefined,
  trend: Trend,
): Readonly<Record<'requests' | 'errors' | 'p95' | 'cpu' | 'memory', OverviewCell>> {
  const { requestsPerSecond, errorShare, p95Ms, cpuCores, memoryBytes } = figuresOf(load);
  const cell = (amount: number | undefined, toText: (known: number) => string, hour?: keyof Point): OverviewCell => {
    const most = Math.max(...trend.flatMap((point) => (hour && point?.[hour]) ?? []));
    const text = amount === undefined ? '' : toText(amount);
    const words = Number.isFinite(most)
      ? `${text || 'nothing now'}, at most ${toText(most)} in the last hour`
      : undefined;
    return { text, ...(words === undefined ? {} : { words }), order: amount };
  };
  return {
    requests: cell(requestsPerSecond, rateText, 'requestsPerSecond'),
    errors: cell(errorShare, percentText),
    p95: cell(p95Ms, msText),
    cpu: cell(cpuCores, percentText, 'cpuCores'),
    memory: cell(memoryBytes, bytesText, 'memoryBytes'),
  };
}

export interface OverviewFigures {
  readonly requestsPerSecond: number | undefined;
  /** undefined also where nothing was asked. */
  readonly errorShare: number | undefined;
  readonly p95Ms: number | undefined;
  readonly cpuCores: number | undefined;
  readonly memoryBytes: number | undefined;
}

export function figuresOf(load: EnvironmentLoad | undefined): OverviewFigures {
  const total = load?.total;
  const requestsPerSecond = total && allPerSecond(total);
  return {
    requestsPerSecond,
    errorShare: total && requestsPerSecond ? total.perSecond['5xx'] / requestsPerSecond : undefined,
    p95Ms: total?.p95Ms,
    ...(load ? usageOfPods(load) : { cpuCores: undefined, memoryBytes: undefined }),
  };
}

function diskCell(size: { readonly bytes: number; readonly isCut: boolean } | undefined): OverviewCell {
  if (!size) return { text: '', order: undefined };
  return { text: `${size.isCut ? '> ' : ''}${bytesText(size.bytes)}`, order: size.bytes };
}

/** Sorted by how long ago it was, which the order says without the time that passes. @param time milliseconds since the epoch */
function ageCell(time: number | undefined, now: number): OverviewCell {
  if (time === undefined || Number.isNaN(time)) return { text: '', order: undefined };
  const { short, words } = age(time, now);
  return { text: short, words, order: -time };
}

function sinceCell(time: number, now: number): OverviewCell {
  const cell = ageCell(time, now);
  return cell.words === undefined ? cell : { ...cell, words: `created ${cell.words}` };
}
