import type { Cluster } from '@ngrok/webernetes';
import { isRecord } from '../schema/kubeObject';

type Etcd = Cluster['etcd'];
type Append = (key: string, revision: unknown, event: unknown) => unknown;

/**
 * Lets webernetes' etcd keep each value once, in memory of its own. It keeps four or five copies of every write: of the value, the one
 * before, and their keys. They are small Buffers, which Node cuts out of slabs of 64 KB together with those of every passing
 * request; as long as one is kept, so is its slab. Returns false, and does nothing, where webernetes no longer looks as expected.
 */
export function keepValuesOnce(etcd: Etcd): boolean {
  const state: unknown = Reflect.get(etcd, 'stateRef');
  if (typeof state !== 'object' || state === null) return false;
  const histories: unknown = Reflect.get(state, 'histories');
  const append: unknown = Reflect.get(state, 'appendRevision');
  if (!hasGet(histories) || typeof append !== 'function') return false;
  const patched: Append = (key, revision, event) => {
    const earlier: unknown = histories.get(key);
    const last: unknown = Array.isArray(earlier) ? earlier.at(-1) : undefined;
    const before = isRecord(last) && Buffer.isBuffer(last['value']) ? last['value'] : undefined;
    share(revision, event, before);
    return Reflect.apply(append, state, [key, revision, event]);
  };
  Reflect.set(state, 'appendRevision', patched);
  return true;
}

/** @param before the value that the key had */
function share(revision: unknown, event: unknown, before: Buffer | undefined): void {
  if (!isRecord(revision) || !isRecord(event)) return;
  const { value } = revision;
  if (Buffer.isBuffer(value)) revision['value'] = ownMemory(value);
  const { kv, prev_kv: previous } = event;
  if (!isRecord(kv)) return;
  if (Buffer.isBuffer(kv['key'])) kv['key'] = ownMemory(kv['key']);
  // The event of a deletion tells what was there before.
  const told = revision['value'] ?? before;
  if (Buffer.isBuffer(told)) kv['value'] = told;
  if (!isRecord(previous)) return;
  previous['key'] = kv['key'];
  if (before) previous['value'] = before;
}

function ownMemory(value: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(value.length);
  value.copy(own);
  return own;
}

function hasGet(value: unknown): value is { get(key: string): unknown } {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'get') === 'function';
}
