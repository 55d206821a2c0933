import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KubeConnection } from '../../../src/adapters/kubernetes/connection/kubeConnection';
import { KubernetesTelemetry } from '../../../src/adapters/kubernetes/telemetry/kubernetesTelemetry';
import type { ClusterLoads } from '../../../src/core/ports/telemetry';
import type { TelemetryTiming } from '../../../src/adapters/kubernetes/telemetry/telemetryTiming';
import { silentLog } from '../../support/kubernetesHarness';
import { StubApiServer } from '../../support/stubApiServer';
import { until } from '../../support/until';
import { recorder } from './telemetryContract';

const usage = '/apis/metrics.k8s.io/v1beta1/namespaces/ns/pods';
const pods = '/api/v1/namespaces/ns/pods';
const events = '/api/v1/namespaces/ns/events';

describe('telemetry of a cluster that is not always there', () => {
  let folder: string;
  let server: StubApiServer;
  let stop: AbortController;
  let errors: unknown[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-telemetry-'));
    server = new StubApiServer();
    await server.start();
    await writeFile(join(folder, 'kubeconfig'), server.kubeconfig());
    server.documents.set('/version', () => '{"gitVersion":"v1.30.0"}');
    putPod('web', 2);
    server.put(usage, { metadata: { name: 'web-1' }, containers: [{ usage: { cpu: '250m', memory: '3Mi' } }] });
    stop = new AbortController();
    errors = [];
  });
  afterEach(async () => {
    stop.abort();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  function putPod(service: string, restartCount: number): void {
    const status = { containerStatuses: [{ name: service, restartCount, ready: true, state: { running: {} } }] };
    const labels = { 'coppice.dev/service': service };
    server.put(pods, { metadata: { name: `${service}-1`, labels } as never, status });
  }
  function make(timing: Partial<TelemetryTiming> = {}): KubernetesTelemetry {
    const kubeconfig = { path: join(folder, 'kubeconfig'), context: 'stub' };
    const log = { ...silentLog, error: (_: string, error: unknown) => void errors.push(error) };
    const all = { intervalMs: 30, firstWindowMs: 10, pauseMs: 20, longestLocalPauseMs: 40, ...timing };
    return new KubernetesTelemetry(new KubeConnection(kubeconfig, { kind: 'context' }), log, all);
  }
  const requests = (): number => [...server.lists.values(), ...server.watches.values()].reduce((a, b) => a + b, 0);

  test('of all environments there are as many requests as of one, and none before and after', async () => {
    const telemetry = make();
    const all = '/apis/metrics.k8s.io/v1beta1/pods';
    const container = { usage: { cpu: '100m', memory: '1Mi' } };
    for (let count = 0; count < 50; count++)
      server.put(all, {
        metadata: { name: 'web-1', namespace: `worktree-${count}` },
        containers: [container],
      });
    const told: ClusterLoads[] = [];
    const states: (string | undefined)[] = [];
    const listener = {
      onLoads: (loads: ClusterLoads) => void told.push(loads),
      onState: (state?: string) => void states.push(state),
    };
    telemetry.watchAll(listener, stop.signal);
    expect(requests()).toBe(0);
    await until(() => told.length >= 3);
    expect(told[0]?.environments.size).toBe(50);
    expect(told[0]?.missing.requests).toMatch(/embedded/);
    expect(requests() - told.length).toBeLessThanOrEqual(1);
    server.fault = () => 500;
    await until(() => told.at(-1)?.missing.usage !== undefined);
    expect(told.at(-1)?.environments.size).toBe(0);
    const counted = requests();
    await server.stop();
    await until(() => states.length > 0);
    expect(states).toEqual([expect.any(String)]);
    expect(requests()).toBeGreaterThanOrEqual(counted);
    stop.abort();
    const before = requests();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(requests()).toBe(before);
    expect(errors).toEqual([]);
  });

  test('costs nothing while nobody watches, before and after', async () => {
    const telemetry = make();
    expect(requests()).toBe(0);
    const { heard, listener } = recorder();
    telemetry.watch('ns', { onSamples: listener.onSamples }, stop.signal);
    await until(() => heard.samples.length >= 2);
    expect(server.watches.get(events)).toBeUndefined();
    expect(heard.samples[0]?.services).toEqual([
      { name: 'web', cpuCores: 0.25, memoryBytes: 3 << 20, restarts: 2, requests: undefined },
    ]);
    stop.abort();
    await until(() => server.openWatches === 0);
    const before = requests();
    // Another namespace's readings pass the time in which this one's would come.
    const other = recorder();
    const end = new AbortController();
    telemetry.watch('other', other.listener, end.signal);
    const own = (): number => (server.lists.get(usage) ?? 0) + (server.lists.get(pods) ?? 0);
    const ownBefore = own();
    await until(() => other.heard.samples.length >= 4);
    end.abort();
    expect(own()).toBe(ownBefore);
    expect(requests()).toBeGreaterThan(before);
  });

  test('reads once for all who watch a namespace', async () => {
    const telemetry = make();
    const watchers = [recorder(), recorder(), recorder()];
    for (const { listener } of watchers) telemetry.watch('ns', { onSamples: listener.onSamples }, stop.signal);
    await until(() => watchers.every(({ heard }) => heard.samples.length >= 4));
    const told = Math.max(...watchers.map(({ heard }) => heard.samples.length));
    expect(server.lists.get(usage)).toBeLessThanOrEqual(told + 1);
    expect(server.watches.get(pods)).toBe(1);
  });

  test('asks a Kubernetes that is not ours for no /metrics', async () => {
    const { heard, listener } = recorder();
    make().watch('ns', listener, stop.signal);
    await until(() => heard.samples.length >= 2);
    expect(server.lists.get('/metrics')).toBeUndefined();
    expect(heard.samples[0]?.missing.requests).toMatch(/embedded/);
  });

  test('takes counters that begin anew for those of a cluster that was started again', async () => {
    let asked = 7;
    const line = (name: string, labels: string, value: number): string =>
      `coppice_gateway_${name}{namespace="ns",service="web",${labels}} ${value}\n`;
    server.documents.set('/version', () => '{"gitVersion":"v1.30.0+coppice"}');
    server.documents.set('/metrics', () =>
      [
        line('requests_total', 'code="200",method="GET"', asked),
        line('request_duration_seconds_bucket', 'le="0.1"', asked),
        line('request_duration_seconds_bucket', 'le="+Inf"', asked),
      ].join(''),
    );
    const { heard, listener } = recorder();
    make({ intervalMs: 600 }).watch('ns', listener, stop.signal);
    await until(() => heard.samples.length >= 1);
    expect(heard.samples[0]?.services[0]?.requests).toMatchObject({ perSecond: { '2xx': 0 }, p50Ms: undefined });
    asked = 3;
    await until(() => heard.samples.length >= 2);
    const again = heard.samples[1]?.services[0]?.requests;
    expect(again?.perSecond['2xx']).toBeGreaterThan(0);
    expect(again?.perSecond['2xx']).toBeLessThan(6);
    expect(again?.p50Ms).toBeCloseTo(50);
  });

  test.each([
    [404, /metrics-server/],
    [403, /may not/],
    [503, /503/],
  ])('says why usage is not known when the answer is %i', async (status, reason) => {
    server.fault = ({ path }) => (path === usage ? status : undefined);
    const { heard, listener } = recorder();
    make().watch('ns', listener, stop.signal);
    await until(() => heard.samples.length >= 1);
    expect(heard.samples[0]?.missing.usage).toMatch(reason);
    expect(heard.samples[0]?.services[0]).toMatchObject({ cpuCores: undefined, memoryBytes: undefined, restarts: 2 });
    expect(heard.states).toEqual([]);
    server.fault = () => undefined;
    await until(() => heard.samples.at(-1)?.missing.usage === undefined);
  });

  test('says that the cluster is away, once, and goes on when it is back', async () => {
    const { heard, listener } = recorder();
    make().watch('ns', listener, stop.signal);
    await until(() => heard.samples.length >= 1);
    await server.stop();
    await until(() => heard.states.length > 0);
    const seen = heard.samples.length;
    putPod('late', 0);
    await server.start();
    await until(() => heard.samples.length > seen && heard.samples.at(-1)?.services.length === 2);
    expect(heard.states.at(-1)).toBeUndefined();
    expect(heard.states.length % 2).toBe(0);
    for (const [index, state] of heard.states.entries())
      expect(typeof state).toBe(index % 2 === 0 ? 'string' : 'undefined');
  });

  test('says once that the cluster is away, whatever words each answer has for it', async () => {
    const { heard, listener } = recorder();
    make().watch('ns', listener, stop.signal);
    await until(() => heard.samples.length >= 1);
    const answer = async (status: number): Promise<void> => {
      const before = requests();
      server.fault = () => status;
      await until(() => requests() > before + 4);
    };
    server.fault = () => 503;
    server.resetWatches();
    for (const status of [503, 500, 429]) await answer(status);
    await server.stop();
    await server.start();
    expect(heard.states).toEqual([expect.stringMatching(/503/)]);
    await answer(403);
    await until(() => heard.states.length === 2);
    expect(heard.states[1]).toMatch(/403/);
    server.fault = () => undefined;
    await until(() => heard.states.length === 3);
    expect(heard.states[2]).toBeUndefined();
  });

  test('says so when there was no cluster to begin with', async () => {
    await server.stop();
    const { heard, listener } = recorder();
    make().watch('ns', listener, stop.signal);
    await until(() => heard.states.length > 0);
    expect(heard.states[0]).toMatch(/does not answer/);
    expect(heard.samples).toEqual([]);
    await server.start();
    await until(() => heard.samples.length > 0);
  });

  test('keeps a bounded past, for who comes back too', async () => {
    const telemetry = make({ historyMs: 500 });
    const first = recorder();
    telemetry.watch('ns', first.listener, stop.signal);
    await until(() => first.heard.samples.length >= 25);
    stop.abort();
    const kept = first.heard.samples.at(-1);
    const second = recorder();
    const pieces: number[] = [];
    stop = new AbortController();
    telemetry.watch(
      'ns',
      {
        onSamples: (samples) => {
          pieces.push(samples.length);
          second.listener.onSamples(samples);
        },
      },
      stop.signal,
    );
    await until(() => pieces.length >= 2);
    expect(pieces[0]).toBeLessThanOrEqual(18);
    expect(second.heard.samples).toContainEqual(kept);
  });

  test('a listener that fails keeps nobody else from hearing', async () => {
    const telemetry = make();
    const failing = (): never => {
      throw new Error('the listener is broken');
    };
    telemetry.watch('ns', { onSamples: failing, onEvents: failing, onState: failing }, stop.signal);
    const { heard, listener } = recorder();
    telemetry.watch('ns', listener, stop.signal);
    await until(() => heard.samples.length >= 2);
    expect(errors.length).toBeGreaterThanOrEqual(2);
    expect(heard.states).toEqual([]);
  });
});
