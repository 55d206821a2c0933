/*
 * What the overview's page and the extension say to each other. Both sides take only what stands here: anything else,
 * also a known message with a field too many, is refused.
 */
import { tones } from './protocol';
import { amount, either, fields, flag, listOf, oneOf, orNull, text, type Shape, type Shaped } from './shapes';

/** The longest that a piece of other people's text, and a list, get: what sends it cuts it. */
export const overviewLimits = { id: 4000, name: 300, words: 1000, rows: 1000, columns: 20, points: 120, notes: 10 };
export const trendColumns = ['requests', 'cpu', 'memory'] as const;

const id = text(overviewLimits.id);
const name = text(overviewLimits.name);
const words = text(overviewLimits.words);

const column = fields({
  id: name,
  title: name,
  /** What it is about. */
  hint: words,
  isNumber: flag,
  /** What is wanted first of it is the most: of requests those that are asked most. */
  isMostFirst: flag,
});
export type ColumnView = Shaped<typeof column>;

/** `words`: what a screen reader says in the place of the text; '': the text. `order`: null comes after all others. */
const cell = fields({ text: name, words, order: orNull(either(amount, name)) });
export type CellView = Shaped<typeof cell>;

const row = fields({
  id,
  name,
  tone: oneOf(tones),
  /** What it is found by besides what stands in it. */
  keywords: name,
  isOfWindow: flag,
  /** One for each column. */
  cells: listOf(cell, overviewLimits.columns),
  opens: fields({ dashboard: flag, logs: flag, window: flag }),
});
export type OverviewRowView = Shaped<typeof row>;

const points = listOf(orNull(amount), overviewLimits.points);
/** Of the last hour, oldest first; null: nobody knows, or nothing ran. */
const trend = fields({ id, requests: points, errors: points, cpu: points, memory: points });
export type TrendView = Shaped<typeof trend>;

const toOverview = {
  columns: fields({ type: oneOf(['columns']), columns: listOf(column, overviewLimits.columns) }),
  rows: fields({
    type: oneOf(['rows']),
    /** As they stand while nobody sorts them. */
    rows: listOf(row, overviewLimits.rows),
    /** Said where there are none; '': it is not known yet. */
    nothing: words,
    /** Why what is shown may be old, and what is not known of any of them. */
    notes: listOf(words, overviewLimits.notes),
  }),
  trends: fields({ type: oneOf(['trends']), trends: listOf(trend, overviewLimits.rows) }),
};
type ToOverviewShapes = typeof toOverview;
export type ToOverview = { [Type in keyof ToOverviewShapes]: Shaped<ToOverviewShapes[Type]> }[keyof ToOverviewShapes];

export const opened = ['dashboard', 'logs', 'window'] as const;
export type Opened = (typeof opened)[number];

const fromOverview = {
  /** The page listens now. */
  ready: fields({ type: oneOf(['ready']) }),
  open: fields({ type: oneOf(['open']), what: oneOf(opened), id }),
  create: fields({ type: oneOf(['create']) }),
};
type FromOverviewShapes = typeof fromOverview;
export type FromOverview = {
  [Type in keyof FromOverviewShapes]: Shaped<FromOverviewShapes[Type]>;
}[keyof FromOverviewShapes];

/** How a person has it. `column` '': as it comes. */
const order = fields({ column: name, isDescending: flag });
export type SortOrder = Shaped<typeof order>;

/** What the page leaves with the editor, so that it comes back as it was. */
const overviewState = fields({ version: oneOf(['1']), order, filter: name, row: id });
export type OverviewState = Shaped<typeof overviewState>;

const known = (shapes: Readonly<Record<string, Shape<unknown>>>, value: unknown): boolean =>
  Object.values(shapes).some((shape) => shape(value));

export function isToOverview(value: unknown): value is ToOverview {
  return known(toOverview, value);
}

export function isFromOverview(value: unknown): value is FromOverview {
  return known(fromOverview, value);
}

export const isOverviewState: Shape<OverviewState> = overviewState;
