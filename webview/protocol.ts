/*
 * What the dashboard's page and the extension say to each other. Both sides take only what stands here: anything else,
 * also a known message with a field too many, is refused.
 */
import { address, amount, either, fields, flag, listOf, oneOf, orNull, text, type Shape, type Shaped } from './shapes';

export const ranges = ['5m', '15m', '1h', '6h', '24h', '7d'] as const;
export const refreshes = ['off', '5s', '10s', '30s', '1m', '5m'] as const;
export const panelNames = ['requests', 'errors', 'latency', 'cpu', 'memory', 'restarts', 'logs', 'traces'] as const;
export const tones = ['good', 'busy', 'bad', 'off'] as const;
export const fixes = [
  'check',
  'settings',
  'setUpInfra',
  'openGrafana',
  'allowEmbedding',
  'allowViewing',
  'startCluster',
] as const;
/** The longest that a piece of other people's text gets: what sends it cuts it. */
export const limits = {
  name: 300,
  reason: 1000,
  line: 4000,
  lines: 1000,
  events: 200,
  marks: 500,
  samples: 1000,
  services: 200,
  parts: 20,
  path: 4000,
};

const name = text(limits.name);
const reason = text(limits.reason);

/** What a person chose to see. `service` '': all. */
const view = fields({ range: oneOf(ranges), refresh: oneOf(refreshes), service: name });
export type View = Shaped<typeof view>;
export const firstView: View = { range: '1h', refresh: '30s', service: '' };

const service = fields({
  name,
  tone: oneOf(tones),
  state: name,
  reason,
  ready: amount,
  desired: amount,
  restarts: amount,
  url: address,
});
export type ServiceView = Shaped<typeof service>;

/** How something else is that it has. `url` '': it has no page. */
const part = fields({ text: reason, url: address });
export type PartView = Shaped<typeof part>;

const environment = fields({
  name,
  /** '' while there is none. */
  namespace: name,
  cluster: name,
  tone: oneOf(tones),
  state: name,
  /** Why what is shown may be old; '' when it is not. */
  offline: reason,
  url: address,
  parts: listOf(part, limits.parts),
  services: listOf(service, limits.services),
});
export type EnvironmentView = Shaped<typeof environment>;

const notice = fields({
  title: reason,
  text: reason,
  fixes: listOf(fields({ fix: oneOf(fixes), title: name }), fixes.length),
});
export type Notice = Shaped<typeof notice>;

const frame = fields({ panel: oneOf(panelNames), title: name, url: address });
export type Frame = Shaped<typeof frame>;
const link = fields({ title: name, url: address });
export type Link = Shaped<typeof link>;

const perSecond = fields({ '1xx': amount, '2xx': amount, '3xx': amount, '4xx': amount, '5xx': amount });
const serviceSample = fields({
  name,
  cpuCores: orNull(amount),
  memoryBytes: orNull(amount),
  restarts: amount,
  requests: orNull(fields({ perSecond, p50Ms: orNull(amount), p95Ms: orNull(amount) })),
});
/** `forMs`: it tells of so many milliseconds before `at`; null: since the one before. */
const sample = fields({ at: amount, forMs: orNull(amount), services: listOf(serviceSample, limits.services) });
export type Sample = Shaped<typeof sample>;

/** What happened to the environment. `service` '': to all of it. */
const mark = fields({ at: amount, kind: oneOf(['created', 'update', 'restart', 'commit']), service: name, text: name });
export type MarkView = Shaped<typeof mark>;

const event = fields({
  id: name,
  at: amount,
  type: oneOf(['Normal', 'Warning']),
  reason: name,
  object: name,
  message: text(limits.line),
  count: amount,
});
export type EventView = Shaped<typeof event>;

const line = fields({ service: name, text: text(limits.line) });
export type LogLine = Shaped<typeof line>;

const ofFigures = {
  /** Those that the page has already are told again at times. */
  samples: fields({
    type: oneOf(['samples']),
    samples: listOf(sample, limits.samples),
    missing: fields({ usage: reason, requests: reason }),
  }),
  /** What the cluster kept of the range that is chosen, in the place of what was told of it before. */
  past: fields({
    type: oneOf(['past']),
    samples: listOf(sample, limits.samples),
    marks: listOf(mark, limits.marks),
  }),
  /** Of the worktree's branch in the range that is chosen, in the place of those that were told before. */
  commits: fields({ type: oneOf(['commits']), marks: listOf(mark, limits.marks) }),
  /** Why nothing new comes of samples, events and lines; '' when it comes. */
  feed: fields({ type: oneOf(['feed']), failure: reason }),
};

/** The environment that is drawn beside the page's own. `namespace` '': it has none, or none is known yet. */
const compared = fields({
  name,
  namespace: name,
  state: name,
  /** What else is to be known of how both are drawn; '': nothing. */
  note: reason,
});
export type ComparedView = Shaped<typeof compared>;

const toPage = {
  environment: fields({ type: oneOf(['environment']), environment }),
  /** Where the panels come from. Without frames the page draws what the cluster itself knows. */
  panels: fields({
    type: oneOf(['panels']),
    source: oneOf(['grafana', 'own']),
    frames: listOf(frame, panelNames.length),
    links: listOf(link, 20),
    notice: orNull(notice),
    view,
  }),
  ...ofFigures,
  /** With which environment the page's own is compared, by its worktree; null: with none. */
  comparison: fields({
    type: oneOf(['comparison']),
    with: orNull(fields({ worktree: text(limits.path), environment: compared })),
  }),
  /** Of the environment of that worktree. */
  compared: fields({
    type: oneOf(['compared']),
    worktree: text(limits.path),
    news: either(either(ofFigures.samples, ofFigures.past), either(ofFigures.commits, ofFigures.feed)),
  }),
  events: fields({ type: oneOf(['events']), events: listOf(event, limits.events) }),
  /** `isAnew`: they replace what was there. */
  lines: fields({ type: oneOf(['lines']), isAnew: flag, lines: listOf(line, limits.lines) }),
  visible: fields({ type: oneOf(['visible']), isVisible: flag }),
};
type ToPageShapes = typeof toPage;
export type ToPage = { [Type in keyof ToPageShapes]: Shaped<ToPageShapes[Type]> }[keyof ToPageShapes];
export type Figures = Extract<ToPage, { readonly type: 'compared' }>['news'];

const toHost = {
  /** The page listens now. */
  ready: fields({ type: oneOf(['ready']) }),
  choose: fields({ type: oneOf(['choose']), view }),
  fix: fields({ type: oneOf(['fix']), fix: oneOf(fixes) }),
  showLogs: fields({ type: oneOf(['showLogs']), service: name }),
  /** A person wants to choose another environment to compare with, or no more to compare. */
  compare: fields({ type: oneOf(['compare']) }),
  endComparison: fields({ type: oneOf(['endComparison']) }),
};
type ToHostShapes = typeof toHost;
export type ToHost = { [Type in keyof ToHostShapes]: Shaped<ToHostShapes[Type]> }[keyof ToHostShapes];

/** What the page leaves with the editor, so that it comes back as it was after the window was loaded anew. */
const stateFields = { worktree: text(limits.path), view, scroll: amount };
const pageState = fields({
  version: oneOf(['2']),
  ...stateFields,
  /** The worktree whose environment it is compared with; '': none. */
  comparedWith: text(limits.path),
});
/** Before a page could be compared. */
const firstPageState = fields({ version: oneOf(['1']), ...stateFields });
export type PageState = Shaped<typeof pageState>;

const known = (shapes: Readonly<Record<string, Shape<unknown>>>, value: unknown): boolean =>
  Object.values(shapes).some((shape) => shape(value));

export function isToPage(value: unknown): value is ToPage {
  return known(toPage, value);
}

export function isToHost(value: unknown): value is ToHost {
  return known(toHost, value);
}

/** undefined: it is no state of a page. */
export function pageStateOf(value: unknown): PageState | undefined {
  if (pageState(value)) return value;
  return firstPageState(value) ? { ...value, version: '2', comparedWith: '' } : undefined;
}
