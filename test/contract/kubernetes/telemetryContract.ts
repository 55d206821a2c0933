import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  ClusterLoads,
  EnvironmentEvent,
  EnvironmentLogLine,
  Telemetry,
  TelemetryListener,
  TelemetrySample,
} from '../../../src/core/ports/telemetry';
import { until } from '../../support/until';

export interface TelemetryHarness {
  readonly telemetry: Telemetry;
  readonly namespace: string;
  /** Whether this cluster measures what pods use. */
  readonly measuresUsage: boolean;
  /** Whether this cluster keeps what was. */
  readonly keepsPast: boolean;
  /** Runs a service that prints the lines and then stays, or exits with the code. Resolves at once. */
  runService(name: string, lines: readonly string[], exitCode?: number): Promise<void>;
  /** Sends that many requests to the service `web` through the cluster's gateway. undefined: nothing here counts them. */
  readonly request: ((count: number) => Promise<void>) | undefined;
  dispose(): Promise<void>;
}

/** Keeps what it hears. */
export function recorder() {
  const heard = {
    samples: [] as TelemetrySample[],
    events: [] as readonly EnvironmentEvent[],
    lines: [] as EnvironmentLogLine[],
    states: [] as (string | undefined)[],
    calls: 0,
  };
  const listener: Required<TelemetryListener> = {
    onSamples: (samples) => {
      heard.calls++;
      heard.samples.push(...samples);
    },
    onEvents: (events) => {
      heard.calls++;
      heard.events = events;
    },
    onLogLines: (lines) => {
      heard.calls++;
      heard.lines.push(...lines);
    },
    onState: (failure) => {
      heard.calls++;
      heard.states.push(failure);
    },
  };
  return { heard, listener };
}

/** What holds for every Telemetry: the one in memory, and those of clusters that tell more or less. */
export function telemetryContract(
  title: string,
  makeHarness: () => Promise<TelemetryHarness>,
  timeoutMs: number,
): void {
  describe(`Telemetry: ${title}`, { timeout: timeoutMs }, () => {
    let harness: TelemetryHarness;
    let stop: AbortController;
    const { heard, listener } = recorder();
    const latest = (service: string) => heard.samples.at(-1)?.services.find(({ name }) => name === service);
    const waitFor = <T>(ask: () => T | undefined) => until(ask, timeoutMs);

    beforeAll(async () => {
      harness = await makeHarness();
      stop = new AbortController();
      await harness.runService('web', ['line one', 'line two']);
      harness.telemetry.watch(harness.namespace, listener, stop.signal);
      expect(heard.calls).toBe(0);
    }, timeoutMs);
    afterAll(async () => {
      stop.abort();
      await harness.dispose();
    }, timeoutMs);

    test('samples come one after the other, with every service by name', async () => {
      await waitFor(() => heard.samples.length >= 2 && latest('web'));
      const times = heard.samples.map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(Math.abs(Date.now() - (times.at(-1) ?? 0))).toBeLessThan(60_000);
    });

    test('usage is measured, or it is said why not and nothing is claimed', async () => {
      if (harness.measuresUsage) {
        await waitFor(() => (latest('web')?.memoryBytes ?? 0) > 1e6);
        expect(latest('web')?.cpuCores).toBeGreaterThanOrEqual(0);
        expect(heard.samples.at(-1)?.missing.usage).toBeUndefined();
        return;
      }
      await waitFor(() => latest('web'));
      for (const { missing, services } of heard.samples) {
        expect(missing.usage).toMatch(/metrics/);
        for (const { cpuCores, memoryBytes } of services)
          expect([cpuCores, memoryBytes]).toEqual([undefined, undefined]);
      }
    });

    test('requests are counted, or it is said why not and nothing is claimed', async () => {
      const { request } = harness;
      if (!request) {
        await waitFor(() => latest('web'));
        for (const { missing, services } of heard.samples) {
          expect(missing.requests).toMatch(/embedded/);
          expect(services.every(({ requests }) => requests === undefined)).toBe(true);
        }
        return;
      }
      await waitFor(() => latest('web')?.requests);
      expect(heard.samples.at(-1)?.missing.requests).toBeUndefined();
      const start = heard.samples.length;
      await request(5);
      const asked = await waitFor(() =>
        heard.samples
          .slice(start)
          .flatMap(({ services }) => services.find(({ name }) => name === 'web')?.requests ?? [])
          .find(({ perSecond }) => perSecond['2xx'] > 0),
      );
      expect(asked.perSecond['5xx']).toBe(0);
      expect(asked.p50Ms).toBeGreaterThan(0);
      expect(asked.p95Ms).toBeGreaterThanOrEqual(asked.p50Ms ?? Infinity);
    });

    test('the last lines come, and those of services that appear later', async () => {
      await waitFor(() => heard.lines.filter(({ service }) => service === 'web').length >= 2);
      const texts = heard.lines.filter(({ service }) => service === 'web').map(({ text }) => text);
      expect(texts.slice(0, 2)).toEqual(['line one', 'line two']);
      await harness.runService('late', ['late line']);
      await waitFor(() => heard.lines.some(({ service, text }) => service === 'late' && text === 'late line'));
      await waitFor(() => latest('late'));
    });

    test('restarts are counted, and events tell of them, the newest first', async () => {
      await harness.runService('crashing', ['about to fail'], 3);
      await waitFor(() => (latest('crashing')?.restarts ?? 0) > 0);
      const warning = await waitFor(() =>
        heard.events.find(({ type, object }) => type === 'Warning' && object.startsWith('Pod/crashing-')),
      );
      expect(warning.reason).toMatch(/^\w+$/);
      expect(warning.message).not.toBe('');
      expect(warning.count).toBeGreaterThan(0);
      const times = heard.events.map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(new Set(heard.events.map(({ id }) => id)).size).toBe(heard.events.length);
      expect(latest('web')?.restarts).toBe(0);
    });

    test('who comes later gets the past at once, in one piece', async () => {
      const known = [...heard.samples];
      const later: (readonly TelemetrySample[])[] = [];
      const end = new AbortController();
      harness.telemetry.watch(harness.namespace, { onSamples: (samples) => later.push(samples) }, end.signal);
      await waitFor(() => later.length > 0);
      end.abort();
      expect(later[0]?.slice(0, known.length)).toEqual(known);
    });

    test('the past is told of a range, or it is said that none is kept', async () => {
      const { telemetry, namespace, keepsPast, request } = harness;
      const toMs = Date.now() + 60_000;
      const range = { fromMs: toMs - 3_600_000, toMs, stepMs: 60_000 };
      if (!keepsPast) return expect(await telemetry.past(namespace, range)).toBeUndefined();
      await request?.(5);
      const past = await until(async () => {
        const found = await telemetry.past(namespace, range);
        const webs = found?.samples.flatMap(({ services }) => services.filter(({ name }) => name === 'web')) ?? [];
        const isAsked = webs.some(
          ({ requests }) => (requests?.perSecond['2xx'] ?? 0) > 0 && (requests?.p95Ms ?? 0) > 0,
        );
        return isAsked && webs.some(({ memoryBytes = 0 }) => memoryBytes > 1e6) ? found : undefined;
      }, timeoutMs);
      const times = past.samples.map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const { at, forMs = 0 } of past.samples) {
        expect(at).toBeGreaterThan(range.fromMs);
        expect(forMs).toBeGreaterThan(0);
      }
      const before = { ...range, fromMs: range.fromMs - 7_200_000, toMs: range.fromMs };
      expect((await telemetry.past(namespace, before))?.samples).toEqual([]);
      expect(await telemetry.past('worktree-none', range)).toBeUndefined();
    });

    test('all environments are told of at once, and what is known of none is claimed of none', async () => {
      const { telemetry, namespace, measuresUsage, keepsPast, request } = harness;
      const told: ClusterLoads[] = [];
      const end = new AbortController();
      telemetry.watchAll({ onLoads: (loads) => void told.push(loads) }, end.signal);
      expect(told).toEqual([]);
      const of = () => told.at(-1)?.environments.get(namespace);
      await waitFor(() => told.length > 1);
      if (measuresUsage) {
        const [pod, usage] = await waitFor(() => [...(of()?.pods ?? [])].find(([name]) => name.startsWith('web-')));
        expect(pod).not.toBe('web-');
        expect(usage.memoryBytes).toBeGreaterThan(1e6);
        expect(usage.cpuCores).toBeGreaterThanOrEqual(0);
      } else {
        expect(of()?.pods.size ?? 0).toBe(0);
        expect(told.at(-1)?.missing.usage).toMatch(/metrics/);
      }
      if (request) {
        await request(5);
        const total = await waitFor(() => {
          const found = of()?.total;
          return (found?.perSecond['2xx'] ?? 0) > 0 ? found : undefined;
        });
        expect(of()?.requests.get('web')?.perSecond['5xx']).toBe(0);
        expect(total.p95Ms).toBeGreaterThan(0);
      } else {
        expect(of()?.total).toBeUndefined();
        expect(told.at(-1)?.missing.requests).toMatch(/embedded/);
      }
      end.abort();
      const seen = told.length;
      const toMs = Date.now() + 60_000;
      const past = await telemetry.pastOfAll({ fromMs: toMs - 3_600_000, toMs, stepMs: 60_000 });
      expect(past !== undefined).toBe(keepsPast);
      if (keepsPast) {
        const samples = past?.get(namespace) ?? [];
        expect(samples.some(({ services }) => services.some(({ name }) => name === 'web'))).toBe(true);
      }
      const samples = heard.samples.length;
      await waitFor(() => heard.samples.length > samples + 1);
      expect(told.length).toBe(seen);
    });

    test('nothing is told after the end', async () => {
      const { heard: other, listener: second } = recorder();
      const end = new AbortController();
      harness.telemetry.watch(harness.namespace, second, end.signal);
      await waitFor(() => other.samples.length > 0);
      end.abort();
      const { calls } = other;
      const seen = heard.samples.length;
      await waitFor(() => heard.samples.length > seen + 1);
      expect(other.calls).toBe(calls);

      const never = recorder();
      harness.telemetry.watch(harness.namespace, never.listener, AbortSignal.abort());
      await waitFor(() => heard.samples.length > seen + 2);
      expect(never.heard.calls).toBe(0);
      expect(heard.states).toEqual([]);
    });
  });
}
