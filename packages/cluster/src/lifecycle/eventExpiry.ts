import { textAt } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';

/** As Kubernetes' own default (--event-ttl). */
const lifetimeMilliseconds = 3_600_000;
const sweepMilliseconds = 60_000;

/** Removes events of more than an hour ago, now and then. Returns what ends it. */
export function expireEvents(objects: ObjectStore, onError: (error: unknown) => void): () => void {
  const sweep = async (): Promise<void> => {
    const oldest = Date.now() - lifetimeMilliseconds;
    for (const event of objects.list('Event').items) {
      const { name, namespace, creationTimestamp = '' } = event.metadata;
      const last = textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? creationTimestamp;
      if (Date.parse(last) < oldest) await objects.remove('Event', namespace, name);
    }
  };
  const timer = setInterval(() => void sweep().catch(onError), sweepMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
