import { isRecord, type KubeObject } from '../schema/kubeObject';

/** Counts that Kubernetes leaves out of a status while they are zero. */
const countedReplicas = [
  'availableReplicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'terminatingReplicas',
  'unavailableReplicas',
  'updatedReplicas',
];

/** The only times of the API with fractions (MicroTime): Go's clients take exactly six digits. */
const preciseTimes = new Set(['eventTime', 'acquireTime', 'renewTime', 'lastObservedTime']);
const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/;

/**
 * An object from etcd as a Kubernetes API sends it: webernetes writes times with milliseconds and counts that are zero, and its
 * controllers' pods without the status that an API server gives to every new one (pkg/registry/core/pod/strategy.go).
 */
export function parseStored(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  writeTimes(parsed);
  if (isRecord(parsed) && parsed['kind'] === 'Pod' && !isRecord(parsed['status']))
    parsed['status'] = { phase: 'Pending' };
  const status = isRecord(parsed) ? parsed['status'] : undefined;
  if (isRecord(status)) {
    for (const field of countedReplicas) if (status[field] === 0) delete status[field];
    if (isRecord(parsed) && parsed['kind'] === 'Deployment' && status['replicas'] === 0) delete status['replicas'];
  }
  return parsed;
}

function writeTimes(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) writeTimes(item);
    return;
  }
  if (!isRecord(value)) return;
  for (const field of Object.keys(value)) {
    const inner = value[field];
    if (typeof inner === 'object') writeTimes(inner);
    else if (typeof inner === 'string' && isTimeField(field)) value[field] = asTime(field, inner);
  }
}

function isTimeField(field: string): boolean {
  return (
    field.endsWith('Time') || field.endsWith('Timestamp') || field.endsWith('startedAt') || field.endsWith('finishedAt')
  );
}

function asTime(field: string, text: string): string {
  const [, seconds, fraction = ''] = time.exec(text) ?? [];
  if (seconds === undefined) return text;
  return preciseTimes.has(field) ? `${seconds}.${fraction.slice(0, 6).padEnd(6, '0')}Z` : `${seconds}Z`;
}

/** The version lies beside the object in etcd, never in it. */
export function encodeStored(object: KubeObject): string {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return JSON.stringify({ ...object, metadata });
}

/** What is handed out to many is changed by none. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const field of Object.values(value)) deepFreeze(field);
  }
  return value;
}
