import { asleepAnnotation, startLimitsAnnotation, waitsAnnotation } from '../contract';
import { numberAt, recordAt, type KubeObject } from '../schema/kubeObject';
import type { StoreSnapshot } from '../store/objectStore';
import { parseStartLimits } from './startQueue';

export interface Returning {
  /** What is brought back: those for which there is no room now sleep in it, and wait to wake. */
  readonly snapshot: StoreSnapshot;
  /** Namespaces that come back awake. */
  readonly awake: readonly string[];
}

/**
 * Which environments that ran come back at once with the cluster: those that were used last, as many as leave free what their limits say.
 * Nothing runs yet that could tell what they need: each is taken for as much as is to stay free. The others sleep, their data kept, and are
 * marked as waiting: a cluster that is cut off finds that again.
 *
 * @param lastUsed milliseconds since the epoch
 * @param free in bytes; undefined: the system does not tell, and all come back
 */
export function restoreWithin(
  snapshot: StoreSnapshot,
  lastUsed: (namespace: string) => number,
  free: number | undefined,
): Returning {
  const limits = new Map(
    snapshot.objects.flatMap(({ kind, metadata }) => {
      const { annotations, name } = metadata;
      const found = kind === 'Namespace' ? parseStartLimits(annotations?.[startLimitsAnnotation]) : undefined;
      return found ? [[name, found.freeMemory] as const] : [];
    }),
  );
  const running = [...new Set(snapshot.objects.flatMap((each) => (runs(each) ? (each.metadata.namespace ?? '') : [])))];
  const limited = running.filter((name) => limits.has(name)).sort((a, b) => lastUsed(b) - lastUsed(a));
  const awake = running.filter((name) => !limits.has(name));
  const held = new Set<string>();
  for (const name of limited) {
    const hasRoom = free === undefined || free >= (limits.get(name) ?? 0) * (1 + awake.length);
    // None overtakes one that was used later.
    if (hasRoom && held.size === 0) awake.push(name);
    else held.add(name);
  }
  if (held.size === 0) return { snapshot, awake };
  return { snapshot: { ...snapshot, objects: snapshot.objects.map((each) => heldBack(each, held)) }, awake };
}

/** One that is paused makes no pods. */
function runs({ kind, ...object }: KubeObject): boolean {
  return (
    kind === 'Deployment' &&
    recordAt(object, 'spec')?.['paused'] !== true &&
    (numberAt(object, 'spec', 'replicas') ?? 1) > 0
  );
}

function heldBack(object: KubeObject, held: ReadonlySet<string>): KubeObject {
  const { kind, metadata } = object;
  if (kind === 'Namespace' && held.has(metadata.name))
    return annotated(object, { [waitsAnnotation]: 'waits to start, because the cluster has just started' });
  if (!held.has(metadata.namespace ?? '')) return object;
  const spec = { ...recordAt(object, 'spec'), replicas: 0 };
  // What it has made so far would make pods before anybody tells it to make none.
  if (kind === 'ReplicaSet') return { ...object, spec };
  if (!runs(object)) return object;
  const generation = (metadata.generation ?? 0) + 1;
  const asleep = { [asleepAnnotation]: String(numberAt(object, 'spec', 'replicas') ?? 1) };
  return annotated({ ...object, spec, metadata: { ...metadata, generation } }, asleep);
}

function annotated(object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } };
}
