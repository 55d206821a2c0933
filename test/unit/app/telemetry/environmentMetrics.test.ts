import { expect, it } from 'vitest';
import { environmentMetrics } from '../../../../src/app/telemetry/environmentMetrics';
import type { PastRange, TelemetryPast } from '../../../../src/core/ports/telemetry';

const hour = 3_600_000;
const now = 10 * hour;
const asked: PastRange[] = [];
const metrics = (past: TelemetryPast | undefined) =>
  environmentMetrics({
    now: () => now,
    past: async (_, range) => {
      asked.push(range);
      return past;
    },
  });
const perSecond = { '1xx': 0, '2xx': 1.5, '3xx': 0, '4xx': 0.1, '5xx': 0.05 };

it('tells of each service how often it was asked, how it went, what it used, and how often it was started again', async () => {
  const web = { name: 'web', cpuCores: 0.5, memoryBytes: 1024, restarts: 9 };
  const worker = { name: 'worker', cpuCores: undefined, memoryBytes: undefined, restarts: 0, requests: undefined };
  const requests = { perSecond, p50Ms: 4, p95Ms: 40 };
  const marks = [
    { at: 1, kind: 'update', revision: 2 },
    { at: 2, kind: 'restart', service: 'web', count: 2 },
    { at: 3, kind: 'restart', service: 'other', count: 4 },
    { at: 4, kind: 'restart', service: 'web', count: 1 },
  ] as const;
  const samples = [{ at: now, forMs: 1_200_000, services: [{ ...web, requests }, worker], missing: {} }];
  const told = await metrics({ samples, marks })({ namespace: 'x', lengthMs: hour });
  expect(asked.at(-1)).toEqual({ fromMs: 9 * hour, toMs: now, stepMs: hour });
  expect(told).toMatchObject({ fromMs: 9 * hour, toMs: now, knownMs: 1_200_000, marks });
  expect(told.services).toEqual([
    {
      ...{ name: 'web', cpuCores: 0.5, memoryBytes: 1024, restarts: 3, p50Ms: 4, p95Ms: 40 },
      requests: { '1xx': 0, '2xx': 1800, '3xx': 0, '4xx': 120, '5xx': 60 },
    },
    { ...worker, p50Ms: undefined, p95Ms: undefined },
  ]);
});

it('of a time in which nothing ran there is nothing, and of a cluster that keeps nothing it is said', async () => {
  const nothing = await metrics({ samples: [], marks: [] })({ namespace: 'x', lengthMs: hour });
  expect(nothing).toMatchObject({ knownMs: 0, services: [] });
  await expect(metrics(undefined)({ namespace: 'x', lengthMs: hour })).rejects.toMatchObject({ code: 'notConfigured' });
});

it('refuses what no cluster keeps, before it asks', async () => {
  const before = asked.length;
  for (const lengthMs of [0, 6 * hour + 1, Number.NaN])
    await expect(metrics(undefined)({ namespace: 'x', lengthMs })).rejects.toMatchObject({ code: 'invalidInput' });
  expect(asked).toHaveLength(before);
});
