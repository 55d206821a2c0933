import type { CoreV1Event } from '@kubernetes/client-node';
import { milliseconds } from './mapPod';

interface Warning {
  readonly eventUid: string;
  readonly time: number;
  readonly message: string;
}

/**
 * The newest Warning of each pod. Events carry no labels: those of pods that are nobody's of ours arrive too, and those of a
 * pod may arrive before the pod does, so that a bounded number is kept of what is not known yet.
 */
export class PodWarnings {
  /** By pod uid, the least recently told first. */
  readonly #warnings = new Map<string, Warning>();

  constructor(private readonly limit = 1000) {}

  get size(): number {
    return this.#warnings.size;
  }

  /** @param since milliseconds since the epoch: an older one does not count */
  of(podUid: string, since: number): string | undefined {
    const known = this.#warnings.get(podUid);
    return known && known.time >= since ? known.message : undefined;
  }

  /** @returns whether what is known of the pod changed */
  add(event: CoreV1Event, isKnown: (podUid: string) => boolean): boolean {
    const podUid = event.involvedObject.uid;
    const message = event.message ?? event.reason;
    if (event.involvedObject.kind !== 'Pod' || podUid === undefined || message === undefined) return false;
    // The kubelet repeats the state's name as an event of its own ("Error: ImagePullBackOff"), and would hide why it is so.
    if (/^Error: [A-Z]\w+$/.test(message)) return false;
    const time = eventTime(event);
    const known = this.#warnings.get(podUid);
    if (known && known.time > time) return false;
    this.#warnings.delete(podUid);
    this.#warnings.set(podUid, { eventUid: event.metadata.uid ?? '', time, message });
    if (this.#warnings.size > this.limit) this.#evict(isKnown);
    return known?.message !== message;
  }

  /** The event itself has expired. @returns whether what is known of the pod changed */
  remove(event: CoreV1Event): boolean {
    const podUid = event.involvedObject.uid ?? '';
    const known = this.#warnings.get(podUid);
    return known !== undefined && known.eventUid === event.metadata.uid && this.#warnings.delete(podUid);
  }

  forget(podUid: string): void {
    this.#warnings.delete(podUid);
  }

  clear(): void {
    this.#warnings.clear();
  }

  #evict(isKnown: (podUid: string) => boolean): void {
    const oldest = this.#warnings.keys().next().value;
    let victim = oldest;
    for (const podUid of this.#warnings.keys()) {
      if (isKnown(podUid)) continue;
      victim = podUid;
      break;
    }
    if (victim !== undefined) this.#warnings.delete(victim);
  }
}

/** When it happened last, milliseconds since the epoch. */
export function eventTime(event: CoreV1Event): number {
  const { series, lastTimestamp, eventTime: happened, metadata } = event;
  return Math.max(
    milliseconds(series?.lastObservedTime),
    milliseconds(lastTimestamp),
    milliseconds(happened),
    milliseconds(metadata.creationTimestamp),
  );
}
