import type { Cluster } from '@ngrok/webernetes';
import { isRecord } from '../schema/kubeObject';

type Etcd = Cluster['etcd'];

/** The part of webernetes' sorted map that is used here. */
interface Histories {
  compareKeys: (one: string, other: string) => number;
  entries(): Iterable<readonly [string, unknown]>;
  delete(key: string): unknown;
}

/**
 * Lets keys be told apart by their characters. webernetes compares them as words of the user's language: in some (Thai) the
 * punctuation does not count, and `a/bc` and `ab/c` would be one key. Call it while there are no keys yet. Throws where
 * webernetes no longer looks as expected and the language matters.
 */
export function orderKeysByCharacter(etcd: Etcd): void {
  const histories = historiesOf(etcd);
  if (histories) histories.compareKeys = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
  else if ('/a/bc'.localeCompare('/ab/c') === 0)
    throw new Error('the cluster cannot run in this language: set LC_ALL=C');
}

/**
 * Forgets the events before a revision, and the keys whose last write was a deletion before it.
 *
 * webernetes' compaction keeps the last versions of every key that ever was: each pod and event that is long gone stays
 * in memory, and every list walks past it. There is no public way to drop them, so this reaches for the map itself, and does
 * nothing where it does not look as expected. Nobody can miss them: reads of a compacted revision are refused anyway.
 * Returns how many keys were dropped.
 */
export async function compactEtcd(etcd: Etcd, revision: number): Promise<number> {
  await etcd.kv.compact({ revision });
  forgetEvents(etcd, revision);
  const histories = historiesOf(etcd);
  if (!histories) return 0;
  const dead = [...histories.entries()].filter(([, versions]) => isDeadBefore(versions, revision));
  for (const [key] of dead) histories.delete(key);
  return dead.length;
}

/** webernetes leaves out every second event: it deletes from the list that it walks through. */
function forgetEvents(etcd: Etcd, revision: number): void {
  const state: unknown = Reflect.get(etcd, 'stateRef');
  const history: unknown = typeof state === 'object' && state !== null ? Reflect.get(state, 'history') : undefined;
  if (typeof history !== 'object' || history === null) return;
  const clearBefore: unknown = Reflect.get(history, 'clearBefore');
  if (typeof clearBefore === 'function') Reflect.apply(clearBefore, history, [revision + 1]);
}

function historiesOf(etcd: Etcd): Histories | undefined {
  const state: unknown = Reflect.get(etcd, 'stateRef');
  if (typeof state !== 'object' || state === null) return undefined;
  const found: unknown = Reflect.get(state, 'histories');
  return isHistories(found) ? found : undefined;
}

function isHistories(value: unknown): value is Histories {
  if (typeof value !== 'object' || value === null) return false;
  return ['entries', 'delete', 'compareKeys'].every((method) => typeof Reflect.get(value, method) === 'function');
}

function isDeadBefore(versions: unknown, revision: number): boolean {
  const last: unknown = Array.isArray(versions) ? versions.at(-1) : undefined;
  if (!isRecord(last)) return false;
  return last['deleted'] === true && typeof last['modRevision'] === 'number' && last['modRevision'] <= revision;
}
