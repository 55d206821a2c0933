import { parseRecord } from '@coppice/host/parseRecord';
import { pastQueries } from '../../core/dashboards/pastQueries';
import type {
  PastRange,
  RequestSample,
  ServiceSample,
  StatusClass,
  Telemetry,
  TelemetryMark,
  TelemetryPast,
  TelemetrySample,
} from '../../core/ports/telemetry';
import { AskedPages } from '../exec/askedPages';
import { matrixIn, type Series } from './matrix';

/** A day of some hundred lines is less. */
const mostBytes = 32 * 1024 * 1024;
/** A rate needs two readings, and Prometheus takes one every 15 to 60 seconds. */
const shortestWindowMs = 2 * 60_000;
/** How finely it is looked when something ran, and was started again. */
const mostLooks = 360;
const shortestLookMs = 15_000;
const classes: readonly StatusClass[] = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** What a Prometheus knows of an environment's past, for clusters that keep none themselves. */
export class PrometheusPast implements Pick<Telemetry, 'past'> {
  readonly #pages: AskedPages;

  /** @param address of its pages, with or without a path of its own */
  constructor(address: string, patienceMs = 15_000) {
    const example = 'http://127.0.0.1:9090';
    const options = { name: 'Prometheus', setting: 'prometheus.url', example, address, mostBytes, patienceMs } as const;
    this.#pages = new AskedPages(options);
  }

  async past(
    namespace: string,
    range: PastRange,
    signal = AbortSignal.timeout(60_000),
  ): Promise<TelemetryPast | undefined> {
    const { fromMs, toMs, stepMs } = range;
    const queries = pastQueries(namespace, secondsOf(Math.max(stepMs, shortestWindowMs)));
    // Each sample tells of the step before it.
    const ask = (query: string): Promise<readonly Series[]> =>
      this.#ask(query, { fromMs: fromMs + stepMs, toMs, stepMs }, signal);
    const lookMs = Math.max(shortestLookMs, Math.min(stepMs, (toMs - fromMs) / mostLooks));
    const [requests, p50, p95, cpu, memory, starts] = await Promise.all([
      ask(queries.requests),
      ask(queries.p50),
      ask(queries.p95),
      ask(queries.cpu),
      ask(queries.memory),
      this.#ask(queries.starts, { fromMs, toMs, stepMs: lookMs }, signal),
    ]);
    const looks = [...new Set(starts.flatMap(({ values }) => [...values.keys()]))].sort((one, other) => one - other);
    const known = { requests, p50, p95, cpu, memory };
    const times = new Set(Object.values(known).flatMap((all) => all.flatMap(({ values }) => [...values.keys()])));
    const samples = [...times]
      .sort((one, other) => one - other)
      .map((at): TelemetrySample => {
        // Of a step through which nothing ran for a while the rates are means of all of it.
        const seen = looks.filter((look) => look > at - stepMs && look <= at).length * lookMs;
        const forMs = seen === 0 ? stepMs : Math.min(stepMs, seen);
        return { at, forMs, services: servicesAt(at, known, stepMs / forMs), missing: {} };
      });
    return { samples, marks: restartsIn(starts) };
  }

  async #ask(query: string, { fromMs, toMs, stepMs }: PastRange, signal: AbortSignal): Promise<readonly Series[]> {
    const time = (ms: number): string => (ms / 1000).toFixed(3);
    const asked = { query, start: time(fromMs), end: time(toMs), step: time(stepMs) };
    const answer = await this.#pages.ask('api/v1/query_range', asked, signal);
    const told = parseRecord(answer.body);
    const series = matrixIn(told);
    if (series) return series;
    const { status, error } = told ?? {};
    throw status === 'error'
      ? this.#pages.refusal(typeof error === 'string' ? error : String(answer.status))
      : this.#pages.stranger(answer);
  }
}

type Known = Readonly<Record<'requests' | 'p50' | 'p95' | 'cpu' | 'memory', readonly Series[]>>;

function servicesAt(at: number, known: Known, share: number): readonly ServiceSample[] {
  const nameOf = ({ labels }: Series): string => labels['service'] ?? labels['container'] ?? '';
  const all = Object.values(known).flat();
  const names = [...new Set(all.filter(({ values }) => values.has(at)).map(nameOf))].filter(
    (name) => name !== '' && name !== 'POD',
  );
  return names.sort().map((name) => {
    const of = (series: readonly Series[]): number | undefined =>
      series.find((one) => nameOf(one) === name)?.values.get(at);
    const cpu = of(known.cpu);
    return {
      name,
      cpuCores: cpu === undefined ? undefined : cpu * share,
      memoryBytes: of(known.memory),
      restarts: 0,
      requests: requestsOf(
        known.requests.filter((one) => nameOf(one) === name && one.values.has(at)),
        at,
        share,
        { p50Ms: inMs(of(known.p50)), p95Ms: inMs(of(known.p95)) },
      ),
    };
  });
}

function requestsOf(
  series: readonly Series[],
  at: number,
  share: number,
  quantiles: Pick<RequestSample, 'p50Ms' | 'p95Ms'>,
): RequestSample | undefined {
  if (series.length === 0) return undefined;
  const rate = (name: StatusClass): number =>
    series.reduce((sum, { labels, values }) => {
      const isOfClass = labels['code']?.charAt(0) === name.charAt(0);
      return isOfClass ? sum + (values.get(at) ?? 0) * share : sum;
    }, 0);
  const perSecond = Object.fromEntries(classes.map((name) => [name, rate(name)])) as Record<StatusClass, number>;
  return { perSecond, ...quantiles };
}

/** A container that was started again has another time of its start; a new pod's first start is none. */
function restartsIn(starts: readonly Series[]): readonly TelemetryMark[] {
  const marks = starts.flatMap(({ labels, values }) => {
    const service = labels['container'] ?? '';
    const times = [...new Set(values.values())].slice(1);
    if (service === '' || service === 'POD') return [];
    return times.map((seconds) => ({ at: seconds * 1000, kind: 'restart' as const, service, count: 1 }));
  });
  return marks.sort((one, other) => one.at - other.at);
}

function secondsOf(ms: number): string {
  return `${Math.ceil(ms / 1000)}s`;
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
