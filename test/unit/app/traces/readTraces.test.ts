import { describe, expect, it } from 'vitest';
import { readTrace } from '../../../../src/app/traces/readTrace';
import { readTraces, type FoundTraces, type TracesRequest } from '../../../../src/app/traces/readTraces';
import { traceJson, tracesJson } from '../../../../src/app/traces/tracesJson';
import { tracesLines } from '../../../../src/app/traces/tracesText';
import { treeLines } from '../../../../src/app/traces/traceTree';
import { FakeKeptTexts } from '../../../support/fakes/fakeKeptTexts';
import { FakeTraces } from '../../../support/fakes/fakeTraces';
import { aSpan, traceId, type ToldSpan } from '../../../support/toldSpan';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, offline } from '../../ui/builders';

const run = { signal: new AbortController().signal, report: () => undefined };
const now = 1_700_000_060_000;
const environment = anEnvironment({
  namespace: 'worktree-a',
  services: [aService({ name: 'frontend' }), aService({ name: 'backend' })],
});
const entry = anEntry({ worktree: aWorktree({ path: '/w', branch: 'feat/a' }), environment });

function world(spans: readonly ToldSpan[], snapshot = aSnapshot({ entries: [entry] }), isThere = true) {
  const traces = new FakeTraces(spans);
  const kept = new FakeKeptTexts();
  const ports = {
    readSnapshot: async () => snapshot,
    traces: async () => (isThere ? traces : undefined),
    ...{ kept, now: () => now, paths: { contains: (one: string, other: string) => other.startsWith(one) } },
  };
  return {
    ...{ traces, kept },
    list: (change: Partial<TracesRequest> = {}): Promise<FoundTraces> =>
      readTraces(ports)({ folder: '/w/src', isFailed: false, lengthMs: 3_600_000, ...change }, run),
    one: (id: string) => readTrace(ports)({ folder: '/w/src', id }, run),
  };
}

const failing = { isFailed: true, message: 'TypeError: x of order 17 is undefined' };
const spans = [
  aSpan(1, 1, { service: 'frontend', operation: 'GET /', durationMs: 2310 }),
  aSpan(1, 2, { under: 1, operation: 'SELECT numbers', durationMs: 2000 }),
  aSpan(2, 3, { service: 'frontend', operation: 'POST /orders', isFailed: true, startMs: 1_700_000_001_000 }),
  aSpan(2, 4, { under: 3, operation: 'INSERT', ...failing, startMs: 1_700_000_001_001 }),
  aSpan(3, 5, { operation: 'INSERT', ...failing, message: 'TypeError: x of order 18 is undefined' }),
  aSpan(9, 9, { namespace: 'worktree-b', operation: 'secret' }),
];

describe('what an environment has told of requests', () => {
  it('is told by what began them, what failed, or one by one, and is whole in a file', async () => {
    const { list, kept } = world(spans);
    const found = await list();
    expect(tracesLines(found, 'roots')).toEqual([
      'feat/a: 3 traces in the last 1 hour, 2 of them failed.',
      `1x frontend POST /orders: 1 failed, half within 11 ms, 95 % 11 ms, slowest 11 ms ${traceId(2)}`,
      `1x frontend GET /: half within 2.31 s, 95 % 2.31 s, slowest 2.31 s ${traceId(1)}`,
      `1x backend INSERT: 1 failed, half within 10 ms, 95 % 10 ms, slowest 10 ms ${traceId(3)}`,
      `All as trees: ${found.file}`,
    ]);
    expect(tracesLines(found, 'slowest')[1]).toBe(
      `2.31 s frontend GET /, most in backend SELECT numbers (2.00 s) ${traceId(1)}`,
    );
    expect(tracesLines(await list({ isFailed: true }), 'failures').slice(0, 2)).toEqual([
      'feat/a: 2 traces in the last 1 hour, 2 of them failed.',
      `2x backend INSERT: TypeError: x of order 17 is undefined, last at 2023-11-14T22:13:21Z ${traceId(2)}`,
    ]);
    const whole = kept.texts.get(found.file ?? '') ?? '';
    expect(whole).toContain('    backend INSERT: 10 ms (+1 ms) FAILED: TypeError');
    expect(whole + JSON.stringify(tracesJson(found))).not.toContain('secret');
    expect(tracesJson(found)).toMatchObject({
      minutes: 60,
      traces: [{ id: traceId(2), failed: { service: 'backend' } }, {}, {}],
    });
  });

  it('is asked for by namespace and time, and of its own services where many are known', async () => {
    const many = Array.from({ length: 30 }, (_, index) => aSpan(20 + index, 20 + index, { service: `other-${index}` }));
    const { list, traces } = world([...spans, ...many]);
    expect((await list()).services).toEqual(['backend', 'frontend']);
    expect(traces.asked.map(({ namespace, fromMs }) => [namespace, fromMs])).toEqual([
      ['worktree-a', now - 3_600_000],
      ['worktree-a', now - 3_600_000],
    ]);
    const renamed = world([aSpan(1, 1, { service: 'my-own-name' })]);
    expect((await renamed.list()).traces).toHaveLength(1);
  });

  it('says that there is none, and is told although the cluster is away', async () => {
    expect(tracesLines(await world([]).list(), 'roots')).toEqual([
      'feat/a: nobody has told a trace of any of its services.',
    ]);
    expect(tracesLines(await world(spans.slice(0, 1)).list({ isFailed: true }), 'failures')).toEqual([
      'feat/a: no trace has failed in the last 1 hour (frontend).',
    ]);
    const names = { ...anEntry().identity?.names, namespace: 'worktree-a' };
    const identity = { ...anEntry().identity, names } as NonNullable<typeof entry.identity>;
    const away = aSnapshot({ entries: [{ ...entry, identity, environment: undefined }], cluster: offline });
    expect((await world(spans, away).list()).traces).toHaveLength(3);
  });

  it('is refused where nothing keeps it, without an environment, or for a time that nobody keeps', async () => {
    await expect(world([], undefined, false).list()).rejects.toMatchObject({ code: 'notConfigured' });
    const none = aSnapshot({ entries: [{ ...entry, identity: undefined, environment: undefined }] });
    await expect(world([], none).list()).rejects.toMatchObject({ code: 'notFound' });
    for (const lengthMs of [0, -1, NaN, 8 * 24 * 3_600_000])
      await expect(world([]).list({ lengthMs })).rejects.toMatchObject({ code: 'invalidInput' });
  });
});

describe('one trace', () => {
  it('is a tree, found by what logs and headers have', async () => {
    const { one, kept } = world(spans);
    const { trace, file } = await one(`00-${traceId(2).toUpperCase()}-00f067aa0ba902b7-01`);
    expect(treeLines(trace)).toEqual([
      `${traceId(2)} at 2023-11-14T22:13:21Z: 11 ms, 2 spans, failed`,
      '  frontend POST /orders: 10 ms (+0 ms) FAILED',
      '    backend INSERT: 10 ms (+1 ms) FAILED: TypeError: x of order 17 is undefined',
    ]);
    expect(kept.texts.get(file ?? '')).toContain('backend INSERT');
    expect(traceJson(await one('2'))).toMatchObject({ id: traceId(2), tree: [{ depth: 0 }, { depth: 1, afterMs: 1 }] });
  });

  it('of another environment is not there', async () => {
    const { one } = world(spans);
    await expect(one(traceId(9))).rejects.toMatchObject({ code: 'notFound' });
    await expect(one('abc')).rejects.toMatchObject({ code: 'notFound' });
    for (const id of ['', '../services', '0', 'x'.repeat(200), 'a'.repeat(33)])
      await expect(one(id)).rejects.toMatchObject({ code: 'invalidInput' });
  });
});
