import type { JsonRecord } from '@coppice/host/parseRecord';

/** One line of an answer: its labels, and its values by milliseconds since the epoch. What is no number is left out. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: ReadonlyMap<number, number>;
}

/**
 * The lines of an answer to `query_range`: `{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {…},
 * "values": [[<seconds>, "<number>"], …]}]}}` (Prometheus 3.16, docs/querying/api.md). undefined: it is none.
 */
export function matrixIn(answer: JsonRecord | undefined): readonly Series[] | undefined {
  const { status, data } = answer ?? {};
  if (status !== 'success' || !isRecord(data) || data['resultType'] !== 'matrix') return undefined;
  const { result } = data;
  return Array.isArray(result) ? result.filter(isRecord).map(toSeries) : undefined;
}

function toSeries({ metric, values }: JsonRecord): Series {
  const labels = Object.entries(isRecord(metric) ? metric : {}).map(([name, value]) => [name, String(value)] as const);
  const points = (Array.isArray(values) ? values : []).flatMap((point: unknown): [number, number][] => {
    if (!Array.isArray(point)) return [];
    const [seconds, text] = point as readonly unknown[];
    const value = Number(text);
    // An answer has NaN where nothing was divided by nothing: a quantile of no requests.
    return typeof seconds === 'number' && Number.isFinite(value) ? [[Math.round(seconds * 1000), value]] : [];
  });
  return { labels: Object.fromEntries(labels), values: new Map(points) };
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
