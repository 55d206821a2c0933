/** What went through the gateway to one service. */
export interface RequestCount {
  namespace: string;
  ingress: string;
  host: string;
  service: string;
  /** '2xx', '5xx', …; '1xx' are WebSockets; 'aborted' are requests that the client gave up. */
  statusClass: string;
  requests: number;
  totalMs: number;
  slowestMs: number;
}

type Subject = Pick<RequestCount, 'namespace' | 'ingress' | 'host' | 'service'>;

/** Counts requests by who served them and how they went. */
export class RequestCounts {
  private readonly counts = new Map<string, RequestCount>();

  add(subject: Subject, statusClass: string, ms: number): void {
    const { namespace, ingress, host, service } = subject;
    const key = JSON.stringify([namespace, ingress, host, service, statusClass]);
    const count = this.counts.get(key) ?? {
      namespace,
      ingress,
      host,
      service,
      statusClass,
      requests: 0,
      totalMs: 0,
      slowestMs: 0,
    };
    count.requests++;
    count.totalMs += ms;
    count.slowestMs = Math.max(count.slowestMs, ms);
    this.counts.set(key, count);
  }

  all(): RequestCount[] {
    return [...this.counts.values()].map((count) => ({ ...count }));
  }

  /** Forgets a namespace that is gone. */
  forget(namespace: string): void {
    for (const [key, count] of this.counts) if (count.namespace === namespace) this.counts.delete(key);
  }
}
