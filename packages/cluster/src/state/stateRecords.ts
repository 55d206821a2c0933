import type { RecordKind } from '@coppice/host/migrateRecord';
import { isRecord, type KubeObject } from '../schema/kubeObject';
import type { StoreSnapshot } from '../store/objectStore';

/** `state.json`: the objects that survive a restart. */
export const stateRecord: RecordKind<StoreSnapshot & { readonly version: number }> = {
  version: 1,
  steps: {},
  problem: ({ revision, objects }) =>
    typeof revision === 'number' && Array.isArray(objects) && objects.every(isObject)
      ? undefined
      : 'it does not say the objects',
};

/** `settings.json`: what is remembered beside objects, each of it or none. */
export const settingsRecord: RecordKind<Readonly<Record<string, unknown>>> = {
  version: 1,
  steps: {},
  problem: () => undefined,
};

/** `visits.json`: when each namespace was used last, ISO 8601. */
export const visitsRecord: RecordKind<{
  readonly version: number;
  readonly lastUsed: Readonly<Record<string, string>>;
}> = {
  version: 1,
  steps: {},
  problem: ({ lastUsed }) =>
    isRecord(lastUsed) && Object.values(lastUsed).every((at) => typeof at === 'string')
      ? undefined
      : 'it does not say when each was used',
};

/** `history/<uid>/<hour>.jsonl`: its first line. Each further line is a sample or a mark of its own, of which a torn one is left out. */
export const historyRecord: RecordKind<{ readonly version: number; readonly namespace: string }> = {
  version: 1,
  steps: {},
  problem: ({ namespace }) => (typeof namespace === 'string' ? undefined : 'it does not say the namespace'),
};

/** `certificate.json`: the authority that clients trust, with the server's certificate and key. */
export const certificateRecord: RecordKind<{
  readonly authority: string;
  readonly key: string;
  readonly cert: string;
}> = {
  version: 1,
  steps: {},
  problem: ({ authority, key, cert }) =>
    [authority, key, cert].every((text) => typeof text === 'string') ? undefined : 'it does not say the certificate',
};

function isObject(value: unknown): value is KubeObject {
  return isRecord(value) && typeof value['kind'] === 'string' && isRecord(value['metadata']);
}
