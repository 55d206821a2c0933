/*
 * What the page of an environment's logs and the extension say to each other. Both sides take only what stands here: anything else,
 * also a known message with a field too many, is refused.
 */
import { amount, fields, flag, listOf, oneOf, orNull, text, type Shape, type Shaped } from './shapes';

/** The longest that a piece of other people's text, and a list, get: what sends it cuts it. */
export const logsLimits = {
  ...{ path: 4000, name: 300, text: 8000, words: 1000, value: 2000 },
  ...{ services: 200, fields: 50, places: 20, lines: 1000 },
};

const name = text(logsLimits.name);
const words = text(logsLimits.words);

export const logLevels = ['error', 'warning', 'info'] as const;
export const shownLevels = ['all', 'warning', 'error'] as const;
export type ShownLevel = (typeof shownLevels)[number];

const place = {
  /** As the line tells it. */
  file: words,
  line: amount,
  column: amount,
};

const line = fields({
  /** `run`: the service was started; its text says how. */
  kind: oneOf(['line', 'run']),
  service: name,
  pod: name,
  /** Milliseconds since the epoch; null: nobody says. */
  at: orNull(amount),
  level: oneOf(logLevels),
  text: text(logsLimits.text),
  /** So many more characters it has. */
  cut: amount,
  /** Of a line that is an object: what it has besides its text. */
  fields: listOf(fields({ name, value: text(logsLimits.value) }), logsLimits.fields),
  /** Places of sources that its text names, from one of its characters to another. */
  places: listOf(fields({ from: amount, to: amount, ...place }), logsLimits.places),
});
export type LogLineView = Shaped<typeof line>;

const toLogs = {
  environment: fields({
    type: oneOf(['environment']),
    name,
    services: listOf(name, logsLimits.services),
    /** Said where there are no lines; '': they are being read. */
    nothing: words,
    /** Why some are not read now. */
    notes: listOf(words, logsLimits.services),
  }),
  /** `isAnew`: those that were told before do not count any more. */
  lines: fields({ type: oneOf(['lines']), isAnew: flag, lines: listOf(line, logsLimits.lines) }),
  /** When somebody last edited the worktree, in milliseconds since the epoch; null: nobody knows. */
  edit: fields({ type: oneOf(['edit']), at: orNull(amount) }),
  /** What became of what was asked for. */
  said: fields({ type: oneOf(['said']), text: words }),
};
type ToLogsShapes = typeof toLogs;
export type ToLogs = { [Type in keyof ToLogsShapes]: Shaped<ToLogsShapes[Type]> }[keyof ToLogsShapes];

const fromLogs = {
  /** The page listens now. */
  ready: fields({ type: oneOf(['ready']) }),
  /** Whether it wants to know of edits. */
  edits: fields({ type: oneOf(['edits']), isWanted: flag }),
  open: fields({ type: oneOf(['open']), service: name, ...place }),
};
type FromLogsShapes = typeof fromLogs;
export type FromLogs = { [Type in keyof FromLogsShapes]: Shaped<FromLogsShapes[Type]> }[keyof FromLogsShapes];

/** What the page leaves with the editor, so that it comes back as it was. */
const logsState = fields({
  version: oneOf(['1']),
  worktree: text(logsLimits.path),
  filter: name,
  level: oneOf(shownLevels),
  /** Services that are not shown. */
  hidden: listOf(name, logsLimits.services),
  isSinceEdit: flag,
  isFollowing: flag,
  /** What was printed until then is not shown: milliseconds since the epoch, or 0. */
  clearedAt: amount,
});
export type LogsState = Shaped<typeof logsState>;

const known = (shapes: Readonly<Record<string, Shape<unknown>>>, value: unknown): boolean =>
  Object.values(shapes).some((shape) => shape(value));

export function isToLogs(value: unknown): value is ToLogs {
  return known(toLogs, value);
}

export function isFromLogs(value: unknown): value is FromLogs {
  return known(fromLogs, value);
}

export const isLogsState: Shape<LogsState> = logsState;

export function firstLogsState(worktree: string): LogsState {
  const asItComes = { filter: '', level: 'all', hidden: [], isSinceEdit: false, isFollowing: true } as const;
  return { version: '1', worktree, ...asItComes, clearedAt: 0 };
}
