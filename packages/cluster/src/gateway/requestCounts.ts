import { STATUS_CODES } from 'node:http';

/** Upper bounds in seconds, as Prometheus' clients have them; what takes longer is counted in the last, endless one. */
export const latencyBounds: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);

/** What nginx writes where the client left before it was answered: there is no status for that. */
export const CLIENT_LEFT = 499;

interface Subject {
  namespace: string;
  service: string;
}

/** What went through the gateway to one service. */
export interface ServiceRequests extends Subject {
  /** Codes that are none of HTTP's own stand as their class, `5xx`. */
  requests: readonly { method: string; code: string; count: number }[];
  latency: {
    /** Of the bounds, and one more for what took longer. Each without those of the bucket before. */
    buckets: readonly number[];
    seconds: number;
    count: number;
  };
  openWebSockets: number;
}

interface Counted extends Subject {
  requests: Map<string, { method: string; code: string; count: number }>;
  buckets: number[];
  seconds: number;
  openWebSockets: number;
}

/** Counts requests by who served them and how they went. Bounded: by services, methods and codes, never by what is asked for. */
export class RequestCounts {
  private readonly services = new Map<string, Counted>();

  /** @param seconds until the whole answer was sent; undefined for what goes on for as long as both sides like */
  add(subject: Subject, method: string | undefined, status: number, seconds: number | undefined): void {
    const counted = this.of(subject);
    const code = codeOf(status);
    const knownMethod = method !== undefined && METHODS.has(method) ? method : 'OTHER';
    const key = `${code} ${knownMethod}`;
    const entry = counted.requests.get(key);
    if (entry) entry.count++;
    else counted.requests.set(key, { method: knownMethod, code, count: 1 });
    if (seconds === undefined) return;
    let bucket = 0;
    while (bucket < latencyBounds.length && seconds > (latencyBounds[bucket] ?? Infinity)) bucket++;
    counted.buckets[bucket] = (counted.buckets[bucket] ?? 0) + 1;
    counted.seconds += seconds;
  }

  /** A service that nobody has asked for yet is told of too: what begins with a count could not be compared with before. */
  include(subject: Subject): void {
    this.of(subject);
  }

  /** Returns what is to be called once it has closed. */
  openWebSocket(subject: Subject): () => void {
    const counted = this.of(subject);
    counted.openWebSockets++;
    return () => void counted.openWebSockets--;
  }

  all(): ServiceRequests[] {
    return [...this.services.values()].map(({ namespace, service, requests, buckets, seconds, openWebSockets }) => ({
      namespace,
      service,
      requests: [...requests.values()].map((one) => ({ ...one })),
      latency: { buckets: [...buckets], seconds, count: buckets.reduce((sum, count) => sum + count, 0) },
      openWebSockets,
    }));
  }

  /** Forgets what is gone: a namespace, or one service of it. */
  forget(namespace: string, service?: string): void {
    for (const [key, counted] of this.services) {
      if (counted.namespace !== namespace) continue;
      if (service === undefined || counted.service === service) this.services.delete(key);
    }
  }

  private of({ namespace, service }: Subject): Counted {
    // Neither name can hold a slash.
    const key = `${namespace}/${service}`;
    const known = this.services.get(key);
    if (known) return known;
    const buckets = new Array<number>(latencyBounds.length + 1).fill(0);
    const counted: Counted = { namespace, service, requests: new Map(), buckets, seconds: 0, openWebSockets: 0 };
    this.services.set(key, counted);
    return counted;
  }
}

function codeOf(status: number): string {
  const isKnown = STATUS_CODES[status] !== undefined || status === CLIENT_LEFT;
  return isKnown ? String(status) : `${Math.floor(status / 100)}xx`;
}
