import { beforeAll, describe, expect, it } from 'vitest';
import type { Trace, Traces, TracesWanted } from '../../../src/core/ports/traces';
import { aSpan, spanId, traceId, type ToldSpan } from '../../support/toldSpan';
import { until } from '../../support/until';

const begin = Date.now() - 60_000;
const namespace = 'worktree-a';
const at = (change: Partial<ToldSpan> & { readonly under?: number } = {}) => ({ startMs: begin, ...change });

/** Two environments with services of the same names, one request that failed, and one that both saw. */
const told: readonly ToldSpan[] = [
  aSpan(1, 1, at({ service: 'frontend', operation: 'GET /api', durationMs: 40 })),
  aSpan(1, 2, at({ under: 1, operation: 'SELECT numbers', startMs: begin + 5, durationMs: 30.25 })),
  aSpan(2, 3, at({ service: 'frontend', operation: 'POST /orders', isFailed: true })),
  aSpan(2, 4, at({ under: 3, isFailed: true, message: 'TypeError: x is undefined' })),
  aSpan(3, 5, at({ namespace: 'worktree-b', isFailed: true })),
  aSpan(4, 6, at({ namespace: 'worktree-b', service: 'frontend' })),
  aSpan(4, 7, at({ under: 6 })),
  aSpan(5, 8, at({ startMs: begin - 3_600_000 })),
];

/**
 * What whoever keeps traces does, for the program and for its fake.
 *
 * @param keep keeps these spans and nothing else; asked once
 */
export function tracesContract(name: string, keep: (spans: readonly ToldSpan[]) => Promise<Traces>): void {
  describe(name, () => {
    const signal = new AbortController().signal;
    const wanted: TracesWanted = {
      ...{ service: 'backend', namespace, isFailed: false, limit: 100 },
      ...{ fromMs: begin - 60_000, toMs: begin + 120_000 },
    };
    const idsOf = (traces: readonly Trace[]): string[] => traces.map(({ id }) => id).sort();
    const find = async (change: Partial<TracesWanted> = {}): Promise<string[]> =>
      idsOf(await traces.find({ ...wanted, ...change }, signal));
    let traces: Traces;
    beforeAll(async () => {
      traces = await keep(told);
      // Some are told of later than they are taken.
      await until(async () => ((await find()).length === 3 ? true : undefined), 60_000);
    }, 90_000);

    it('knows services of all environments', async () => {
      expect(await traces.services(signal)).toEqual(['backend', 'frontend']);
    });

    it('finds traces that a service took part in, in one namespace and time', async () => {
      expect(await find()).toEqual([1, 2, 4].map(traceId));
      expect(await find({ namespace: 'worktree-b' })).toEqual([traceId(3)]);
      expect(await find({ service: 'frontend' })).toEqual([1, 2].map(traceId));
      expect(await find({ service: 'nobody' })).toEqual([]);
      expect(await find({ fromMs: begin - 7_200_000 })).toEqual([1, 2, 4, 5].map(traceId));
      expect(await find({ limit: 1 })).toHaveLength(1);
    });

    it('finds those alone in which a span of the service has failed there', async () => {
      expect(await find({ isFailed: true })).toEqual([traceId(2)]);
      expect(await find({ isFailed: true, namespace: 'worktree-b' })).toEqual([traceId(3)]);
    });

    it('tells whole traces, with what each span says of itself', async () => {
      const trace = await traces.read(traceId(1), signal);
      expect(trace?.id).toBe(traceId(1));
      const spans = [...(trace?.spans ?? [])].sort((one, other) => (one.id < other.id ? -1 : 1));
      expect(spans).toEqual([
        {
          ...{ id: spanId(1), parent: undefined, service: 'frontend', namespace, operation: 'GET /api' },
          ...{ startMs: begin, durationMs: 40, isFailed: false, message: undefined },
        },
        {
          ...{ id: spanId(2), parent: spanId(1), service: 'backend', namespace, operation: 'SELECT numbers' },
          ...{ startMs: begin + 5, durationMs: 30.25, isFailed: false, message: undefined },
        },
      ]);
      const failed = (await traces.read(traceId(2), signal))?.spans ?? [];
      expect(failed.find(({ id }) => id === spanId(4))).toMatchObject({
        ...{ isFailed: true, message: 'TypeError: x is undefined' },
      });
    });

    it('finds one by an id without the zeros that it begins with, and none that nobody told', async () => {
      expect((await traces.read('1', signal))?.id).toBe(traceId(1));
      expect(await traces.read('abcdef', signal)).toBeUndefined();
    });
  });
}
