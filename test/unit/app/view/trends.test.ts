import { describe, expect, it } from 'vitest';
import { trendPoints, trendRange, Trends } from '../../../../src/app/view/trends';
import type { ClusterLoads, RequestSample, TelemetrySample } from '../../../../src/core/ports/telemetry';

const now = Date.parse('2026-01-01T12:30:20Z');
const minute = 60_000;
const asked = (perSecond: number): RequestSample => ({
  perSecond: { '1xx': 0, '2xx': perSecond, '3xx': 0, '4xx': 0, '5xx': 0 },
  p50Ms: 1,
  p95Ms: 2,
});
const past = (at: number, perSecond: number): TelemetrySample => ({
  at,
  missing: {},
  services: [
    { name: 'web', cpuCores: 0.5, memoryBytes: 10, restarts: 0, requests: asked(perSecond) },
    { name: 'worker', cpuCores: 0.25, memoryBytes: 5, restarts: 0, requests: undefined },
  ],
});
const loads = (at: number, perSecond: number, isRunning = true): ClusterLoads => ({
  at,
  missing: {},
  environments: new Map([
    [
      'one',
      {
        pods: new Map(isRunning ? [['web-1', { cpuCores: 1, memoryBytes: 20 }]] : []),
        requests: new Map(),
        total: asked(perSecond),
      },
    ],
  ]),
});
const rates = (trends: Trends, at = now) => trends.of('one', at).map((point) => point?.requestsPerSecond);

describe('the trend of an hour', () => {
  it('asks for the past by whole minutes, and has each of them where it was', () => {
    const range = trendRange(now);
    expect(range.toMs - range.fromMs).toBe(60 * minute);
    expect(new Date(range.toMs).toISOString()).toBe('2026-01-01T12:31:00.000Z');
    const trends = new Trends();
    trends.addPast(new Map([['one', [past(range.fromMs + minute, 1), past(range.toMs, 2)]]]));
    expect(rates(trends)[0]).toBe(1);
    expect(rates(trends)[59]).toBe(2);
    expect(trends.of('one', now)[59]).toEqual({
      ...{ requestsPerSecond: 2, errorsPerSecond: 0, cpuCores: 0.75, memoryBytes: 15 },
    });
    expect(rates(trends).filter((rate) => rate === undefined)).toHaveLength(trendPoints - 2);
    expect(trends.of('two', now).every((point) => point === undefined)).toBe(true);
  });

  it('goes on with what is heard, and what the cluster wrote down takes its place', () => {
    const trends = new Trends();
    trends.addLoads(loads(now, 1));
    trends.addLoads(loads(now + 5000, 3));
    expect(rates(trends)[59]).toBe(3);
    trends.addLoads(loads(now + minute, 4));
    expect(rates(trends, now + minute).slice(-2)).toEqual([3, 4]);
    trends.addPast(new Map([['one', [past(now, 7)]]]));
    expect(rates(trends, now + minute).slice(-2)).toEqual([7, 4]);
    expect(rates(trends, now + 61 * minute).every((rate) => rate === undefined)).toBe(true);
  });

  it('has a gap where nothing runs', () => {
    const trends = new Trends();
    trends.addLoads(loads(now, 0, false));
    expect(rates(trends)[59]).toBeUndefined();
    // A request that nobody answers is one.
    trends.addLoads(loads(now, 2, false));
    expect(trends.of('one', now)[59]).toMatchObject({ requestsPerSecond: 2, cpuCores: undefined });
  });
});
