import { historyKeptMs, historySamples, type HistoryAnswer, type HistoryOfAll } from '../contract';
import { StatusError } from '../schema/statusError';
import type { HistorySource } from './call';

const hourMs = 60 * 60_000;

/** What `historyPath` tells of a namespace, '': of all; undefined: there is no such one. Rejects with a StatusError where the range is none. */
export async function historyDocument(
  place: string,
  query: URLSearchParams,
  history: HistorySource,
  now = Date.now(),
): Promise<HistoryAnswer | HistoryOfAll | undefined> {
  const to = timeOf(query, 'to') ?? now;
  const from = timeOf(query, 'from') ?? to - hourMs;
  const step = Number(query.get('step') ?? '0') * 1000;
  if (!(step >= 0 && Number.isFinite(step))) throw StatusError.badRequest('"step" is a number of seconds');
  if (from >= to) throw StatusError.badRequest('"from" is before "to"');
  const kept = Math.max(from, now - historyKeptMs);
  if (step > 0 && (to - kept) / step > historySamples)
    throw StatusError.badRequest(`at most ${historySamples} steps are told: ask for longer ones`);
  const range = { from: kept, to, step };
  return place === '' ? history.readAll(range) : history.read(place, range);
}

function timeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw StatusError.badRequest(`"${name}" is a time such as 2026-01-31T12:00:00Z`);
  return at;
}
