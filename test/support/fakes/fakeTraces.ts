import type { Trace, Traces, TracesWanted } from '../../../src/core/ports/traces';
import { tracesOf, type ToldSpan } from '../toldSpan';

/** Keeps spans in memory, and what was asked of it. */
export class FakeTraces implements Traces {
  readonly asked: TracesWanted[] = [];

  constructor(private readonly spans: readonly ToldSpan[]) {}

  async services(): Promise<readonly string[]> {
    return [...new Set(this.spans.map(({ service }) => service))].sort();
  }

  async find(wanted: TracesWanted): Promise<readonly Trace[]> {
    this.asked.push(wanted);
    const { service, namespace, fromMs, toMs, isFailed, limit } = wanted;
    const isMeant = (span: Trace['spans'][number]): boolean =>
      span.service === service &&
      span.namespace === namespace &&
      span.startMs >= fromMs &&
      span.startMs <= toMs &&
      (!isFailed || span.isFailed);
    return tracesOf(this.spans)
      .filter(({ spans }) => spans.some(isMeant))
      .slice(0, limit);
  }

  async read(id: string): Promise<Trace | undefined> {
    return tracesOf(this.spans).find((trace) => trace.id === id.padStart(32, '0'));
  }
}
