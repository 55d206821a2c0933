import type { Sample, View } from './protocol';

/** Charts that the page draws itself. */
export const ownCharts = ['requests', 'errors', 'latency', 'cpu', 'memory', 'restarts'] as const;
export type OwnChart = (typeof ownCharts)[number];

/** Colours of the editor's theme for the lines, in the order in which they are given out. */
export const lineColours = ['blue', 'green', 'yellow', 'purple', 'red', 'orange'] as const;
export type LineColour = (typeof lineColours)[number];

/** How a line is drawn where two environments are compared: the first two of the one, the others of the other. */
export const linePatterns = ['whole', 'dashes', 'dots', 'dash-dot'] as const;
export type LinePattern = (typeof linePatterns)[number];

export interface Line {
  readonly label: string;
  /** One for each time; null: nothing is known of it then; undefined: it is a time of the other environment. */
  readonly values: readonly (number | null | undefined)[];
  /** Where it stands for something that a colour means; else it gets the next one. */
  readonly colour?: LineColour;
  /** Which of two environments it is of; undefined: there is one. */
  readonly of?: LineOwner;
  /** undefined: there is one environment. */
  readonly pattern?: LinePattern;
}

/** Of whom a line is where two environments are compared. */
export interface LineOwner {
  readonly name: string;
  readonly isOther: boolean;
}

export interface ChartData {
  /** Seconds since the epoch, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
}

type ServiceSample = Sample['services'][number];

const statusClasses = ['2xx', '3xx', '4xx', '5xx', '1xx'] as const;
const statusColours = { '2xx': 'green', '3xx': 'blue', '4xx': 'yellow', '5xx': 'red', '1xx': 'purple' } as const;
const minutes: Readonly<Record<View['range'], number>> = {
  '5m': 5,
  '15m': 15,
  '1h': 60,
  '6h': 360,
  '24h': 1440,
  '7d': 10_080,
};
/** The page itself draws no more than a cluster keeps; of what it heard while it was open the page keeps an hour. */
const longestOwnMinutes = 360;
const heardMinutes = 60;
/** Samples that are further apart have nothing between them: the cluster was down, the environment asleep, or nobody looked. */
const gapMs = 20_000;

/** Milliseconds. */
export function ownRange(range: View['range']): number {
  return Math.min(minutes[range], longestOwnMinutes) * 60_000;
}

/** From when to when a chart goes, in milliseconds: over the whole range, whatever is known of it. @param others of the other environment */
export function shownTime(
  samples: readonly Sample[],
  range: View['range'],
  others: readonly Sample[] = [],
): readonly [number, number] {
  const to = Math.max(samples.at(-1)?.at ?? 0, others.at(-1)?.at ?? 0);
  return [to - ownRange(range), to];
}

/** What the cluster kept, and what was heard since. */
export function withPast(past: readonly Sample[], heard: readonly Sample[]): readonly Sample[] {
  const end = past.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  return [...past, ...heard.filter(({ at }) => at > end)];
}

/** Adds what is newer than what is there, and lets go what is older than the page ever shows. */
export function withSamples(known: readonly Sample[], heard: readonly Sample[]): readonly Sample[] {
  const last = known.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const newer = heard.filter(({ at }) => at > last);
  if (newer.length === 0) return known;
  const oldest = (newer.at(-1)?.at ?? 0) - heardMinutes * 60_000;
  return [...known, ...newer].filter(({ at }) => at >= oldest);
}

/** @param service only this one's; '': all. @param from milliseconds */
export function chartData(
  chart: OwnChart,
  samples: readonly Sample[],
  range: View['range'],
  service: string,
  from = shownTime(samples, range)[0],
): ChartData {
  const shown = withGaps(samples.filter(({ at }) => at >= from));
  const times = shown.map(({ at }) => at / 1000);
  if (chart === 'requests') return { times, lines: byStatus(shown, service) };
  const names = [...new Set(shown.flatMap(({ services }) => services.map(({ name }) => name)))]
    .filter((name) => service === '' || name === service)
    .sort();
  const of = (name: string, read: (sample: ServiceSample) => number | null, suffix = ''): Line => ({
    label: name + suffix,
    values: shown.map(({ services }) => {
      const found = services.find((one) => one.name === name);
      return found ? read(found) : null;
    }),
  });
  const lines = names.flatMap((name): Line[] => {
    switch (chart) {
      case 'errors':
        return [
          of(name, ({ requests }) => requests?.perSecond['5xx'] ?? null, ' 5xx'),
          ...optional(of(name, ({ requests }) => requests?.perSecond['4xx'] ?? null, ' 4xx')),
        ];
      case 'latency':
        return [
          of(name, ({ requests }) => requests?.p50Ms ?? null, ' p50'),
          of(name, ({ requests }) => requests?.p95Ms ?? null, ' p95'),
        ];
      case 'cpu':
        return [of(name, ({ cpuCores }) => cpuCores)];
      case 'memory':
        return [of(name, ({ memoryBytes }) => memoryBytes)];
      case 'restarts':
        return [of(name, ({ restarts }) => restarts)];
    }
  });
  return { times, lines: lines.filter(({ values }) => values.some((value) => value !== null)) };
}

/** Half of the colours are for the lines of one environment, and half for those of the other. */
const coloursEach = lineColours.length / 2;

/** The lines of two environments over the times of both: each keeps its own colours, whichever lines the other has. */
export function comparedData(own: ChartData, other: ChartData, names: readonly [string, string]): ChartData {
  const times = [...new Set([...own.times, ...other.times])].sort((one, two) => one - two);
  const sides = [own, other].flatMap((data, side) => {
    const indices = new Map(data.times.map((time, index) => [time, index]));
    const owner = { name: names[side] ?? '', isOther: side === 1 };
    return data.lines.map(({ label, values }, index): Line => {
      const colour = lineColours[(index % coloursEach) + side * coloursEach] ?? 'blue';
      const pattern = linePatterns[(Math.floor(index / coloursEach) % 2) + side * 2] ?? 'whole';
      const at = (time: number): number | null | undefined => {
        const found = indices.get(time);
        return found === undefined ? undefined : values[found];
      };
      return { label, colour, of: owner, pattern, values: times.map(at) };
    });
  });
  return { times, lines: sides };
}

/** What was known of it last; null: nothing was then. */
export function latestOf({ values }: Line): number | null {
  return values.findLast((value) => value !== undefined) ?? null;
}

/** A line that says something; else none. */
function optional(line: Line): Line[] {
  return line.values.some(isSome) ? [line] : [];
}

/** Where nothing is known there is a sample without services: a line ends there. */
function withGaps(samples: readonly Sample[]): readonly Sample[] {
  return samples.flatMap((sample, index) => {
    const before = samples[index - 1];
    const isGap = before !== undefined && sample.at - (sample.forMs ?? 0) - before.at > gapMs;
    return isGap ? [{ at: before.at + 1, forMs: null, services: [] }, sample] : [sample];
  });
}

/** Of all services together: which of them is slow or fails, the other charts tell. */
function byStatus(shown: readonly Sample[], service: string): Line[] {
  const isKnown = shown.some(({ services }) => services.some(({ requests }) => requests !== null));
  if (!isKnown) return [];
  return statusClasses
    .map((status) => ({
      label: status,
      colour: statusColours[status],
      values: shown.map(({ services }) => {
        const requests = services
          .filter(({ name }) => service === '' || name === service)
          .flatMap((one) => (one.requests ? [one.requests.perSecond[status]] : []));
        return requests.length === 0 ? null : requests.reduce((sum, one) => sum + one, 0);
      }),
    }))
    .filter(({ label, values }) => label === '2xx' || values.some(isSome));
}

function isSome(value: number | null | undefined): boolean {
  return (value ?? 0) > 0;
}

export function colourOf({ colour }: Line, index: number): LineColour {
  return colour ?? lineColours[index % lineColours.length] ?? 'blue';
}

/** As a person reads it: `2.5/s`, `120 ms`, `64 MiB`. */
export function amountText(chart: OwnChart, value: number): string {
  switch (chart) {
    case 'requests':
    case 'errors':
      return `${rounded(value)}/s`;
    case 'latency':
      return value >= 1000 ? `${rounded(value / 1000)} s` : `${rounded(value)} ms`;
    case 'cpu':
      return `${rounded(value * 100)} %`;
    case 'memory':
      return bytesText(value);
    case 'restarts':
      return rounded(value);
  }
}

export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.max(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)), 0), units.length - 1);
  return `${rounded(bytes / 1024 ** power)} ${units[power]}`;
}

function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
