import { randomBytes } from 'node:crypto';
import { kubeTime, numberAt, textAt, type ObjectFields } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import type { EventObject, EventRecorder } from '../engine/engineTypes';

const SWEEP_MS = 5 * 60 * 1000;

/**
 * Writes the kubelet's events as Kubernetes does: what happens again raises the count of the first event instead of adding one.
 */
export class CountingEventRecorder implements EventRecorder {
  private readonly known = new Map<string, Promise<{ namespace: string; name: string } | undefined>>();
  private readonly sweeper: NodeJS.Timeout;

  constructor(
    private readonly objects: ObjectStore,
    private readonly component: string,
    private readonly host: string,
  ) {
    this.sweeper = setInterval(() => void this.forgetGone(), SWEEP_MS).unref();
  }

  close(): void {
    clearInterval(this.sweeper);
  }

  async event(object: EventObject, type: string, reason: string, message: string): Promise<void> {
    const reference = referenceOf(object);
    const name = textAt(reference, 'name');
    if (!name) return;
    const key = JSON.stringify([reference['uid'], reference['fieldPath'], type, reason, message]);
    const first = await this.known.get(key);
    if (first && (await this.countAgain(first))) return;
    const created = this.create(reference, name, type, reason, message);
    this.known.set(key, created);
    await created;
  }

  async eventf(object: EventObject, type: string, reason: string, format: string, ...args: unknown[]): Promise<void> {
    await this.event(object, type, reason, fill(format, args));
  }

  async annotatedEventf(
    object: EventObject,
    _annotations: Record<string, string>,
    type: string,
    reason: string,
    format: string,
    ...args: unknown[]
  ): Promise<void> {
    await this.event(object, type, reason, fill(format, args));
  }

  private async countAgain(event: { namespace: string; name: string }): Promise<boolean> {
    const written = await this.objects.modify('Event', event.namespace, event.name, (object) => {
      object['count'] = (numberAt(object, 'count') ?? 0) + 1;
      object['lastTimestamp'] = kubeTime();
    });
    return written !== undefined;
  }

  /** An event of a namespace that is going away has no place to be written to, which is no error. */
  private async create(
    reference: ObjectFields,
    about: string,
    type: string,
    reason: string,
    message: string,
  ): Promise<{ namespace: string; name: string } | undefined> {
    const namespace = textAt(reference, 'namespace') ?? 'default';
    if (!this.objects.get('Namespace', undefined, namespace)) return undefined;
    const name = `${about}.${randomBytes(8).toString('hex')}`;
    const now = kubeTime();
    try {
      await this.objects.create({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace, uid: crypto.randomUUID(), creationTimestamp: now },
        involvedObject: reference,
        reason,
        message,
        type,
        count: 1,
        firstTimestamp: now,
        lastTimestamp: now,
        eventTime: null,
        source: { component: this.component, host: this.host },
        reportingComponent: this.component,
        reportingInstance: this.host,
      });
    } catch {
      return undefined;
    }
    return { namespace, name };
  }

  private async forgetGone(): Promise<void> {
    for (const [key, created] of this.known) {
      const event = await created;
      if (!event || !this.objects.get('Event', event.namespace, event.name)) this.known.delete(key);
    }
  }
}

function referenceOf(object: EventObject): ObjectFields {
  if (!('metadata' in object)) return { ...object };
  const { metadata } = object;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: metadata?.name,
    namespace: metadata?.namespace ?? 'default',
    resourceVersion: metadata?.resourceVersion,
    uid: metadata?.uid,
  };
}

/** Go's formatting verbs, as far as the kubelet's messages use them. */
function fill(format: string, args: readonly unknown[]): string {
  let next = 0;
  return format.replace(/%[sdvq]/g, (verb) => {
    const value = String(args[next++] ?? '');
    return verb === '%q' ? JSON.stringify(value) : value;
  });
}
