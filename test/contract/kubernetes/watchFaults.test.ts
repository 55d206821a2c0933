import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClusterWatch, ClusterWatchState } from '../../../src/core/ports/cluster';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { resourceLists, resourcesOf } from '../../../src/adapters/kubernetes/watch/resourceLists';
import type { WatchTiming } from '../../../src/adapters/kubernetes/watch/watchTiming';
import { silentLog } from '../../support/kubernetesHarness';
import { StubApiServer } from '../../support/stubApiServer';
import { until } from '../../support/until';

const namespaces = '/api/v1/namespaces';
const pods = '/api/v1/pods';
const events = '/api/v1/events';
const labels = { 'coppice.dev/repository': 'aa', 'coppice.dev/worktree': 'bb' };
/** What design and users expect: in step again so soon after a server is back. */
const inStepMs = 2000;

describe('the watch of a cluster', () => {
  let folder: string;
  let server: StubApiServer;
  let watch: ClusterWatch;
  let states: ClusterWatchState[];
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-watch-'));
    server = new StubApiServer();
    await server.start();
    server.put(namespaces, { metadata: { name: 'one', labels } as never });
    await writeFile(join(folder, 'kubeconfig'), server.kubeconfig());
    process.on('unhandledRejection', onUnhandled);
  });
  afterEach(async () => {
    watch.dispose();
    await server.stop();
    await rm(folder, { recursive: true });
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  });

  function start(timing: Partial<WatchTiming> = {}): void {
    const kubeconfig = { path: join(folder, 'kubeconfig'), context: 'stub' };
    watch = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog, timing }).watch(
      undefined,
    );
    states = [];
    watch.onDidChange((state) => states.push(state));
  }
  const names = (): string[] | undefined =>
    watch.current.state === 'online' ? watch.current.environments.map((one) => one.namespace) : undefined;
  const isWhole = (): boolean => watch.current.state === 'online' && server.openWatches === 6;
  const addNamespace = (name: string): void => server.put(namespaces, { metadata: { name, labels } as never });
  const lists = (): number => [...server.lists.values()].reduce((sum, count) => sum + count, 0);

  test('asks for one list and one watch a resource type, with bookmarks, whatever the number of environments', async () => {
    for (let i = 0; i < 20; i++) addNamespace(`n${i}`);
    start();
    await until(isWhole);
    expect(names()).toHaveLength(21);
    expect(Object.fromEntries(server.lists)).toEqual(
      Object.fromEntries(resourcesOf({ kind: 'context' }).map((name) => [resourceLists(undefined)[name].path, 1])),
    );
    expect(server.watches).toEqual(server.lists);
    const watches = server.queries.filter((query) => query.has('watch'));
    expect(
      watches.every((query) => query.get('allowWatchBookmarks') === 'true' && Number(query.get('timeoutSeconds')) > 60),
    ).toBe(true);
    expect(new Set(server.authorizations)).toEqual(new Set(['Bearer secret']));
  });

  test('asks once for what the cluster does not serve, and tells what it does', async () => {
    const { path } = resourceLists(undefined).routes;
    server.fault = (request) => (request.path === path ? 404 : undefined);
    start({ pauseMs: 1, longestPauseMs: 1, longestLocalPauseMs: 1 });
    await until(() => watch.current.state === 'online' && server.openWatches === 5);
    expect(names()).toEqual(['one']);
    // As many attempts as it would take: each pause is a millisecond.
    watch.retryNow();
    addNamespace('two');
    await until(() => names()?.length === 2);
    expect(server.lists.get(path)).toBe(1);
  });

  test('tells once what happens together, and keeps what did not change', async () => {
    addNamespace('two');
    start();
    await until(isWhole);
    const before = watch.current.state === 'online' ? watch.current.environments : [];
    states.length = 0;
    const at = performance.now();
    for (let i = 0; i < 500; i++)
      server.put(pods, {
        metadata: { name: `p${i % 5}`, namespace: 'two', labels } as never,
        status: { phase: 'Pending', message: String(i) },
      });
    await until(() => watch.current.state === 'online' && watch.current.environments[1]?.pods[4]?.message === '499');
    expect(performance.now() - at).toBeLessThan(1000);
    expect(states.length).toBeLessThan(20);
    const after = watch.current.state === 'online' ? watch.current.environments : [];
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(before[1]?.pods).toEqual([]);
  });

  test('a reset connection is taken up where it broke, without a list and without a word', async () => {
    start();
    await until(isWhole);
    const before = lists();
    server.resetWatches();
    addNamespace('two');
    await until(() => names()?.includes('two'), inStepMs);
    await until(isWhole, inStepMs);
    expect(lists()).toBe(before);
    expect(states.every((state) => state.state === 'online')).toBe(true);
  });

  test.each([410, 500])('an error %i in the stream makes one list', async (code) => {
    start();
    await until(isWhole);
    const watches = server.watches.get(pods);
    server.sendError(code);
    addNamespace('two');
    await until(() => names()?.includes('two'), inStepMs);
    await until(() => isWhole() && server.watches.get(pods) === (watches ?? 0) + 1, inStepMs);
    expect([...server.lists.values()]).toEqual([2, 2, 2, 2, 2, 2]);
    if (code === 410) expect(states.every((state) => state.state === 'online')).toBe(true);
  });

  test('a version that the server has forgotten makes exactly one list', async () => {
    start();
    await until(isWhole);
    server.forgetWatches();
    server.delete(namespaces, 'one');
    addNamespace('two');
    server.oldestVersion = server.version;
    await server.stop();
    await server.start();
    await until(() => names()?.join() === 'two', inStepMs);
    await until(isWhole, inStepMs);
    expect([...server.lists.values()].every((count) => count === 2)).toBe(true);
  });

  test('an outage: offline with a reason, then in step again', async () => {
    start();
    await until(isWhole);
    await server.stop();
    await until(() => watch.current.state === 'offline', 5000);
    expect(watch.current).toMatchObject({ reason: expect.stringContaining(server.url) as string });
    server.delete(namespaces, 'one');
    addNamespace('two');
    await server.start();
    await until(() => names()?.join() === 'two', inStepMs);
  });

  test('500 on every list, then 403 on one: offline until it ends', async () => {
    server.fault = ({ isWatch }) => (isWatch ? undefined : 500);
    start();
    await until(() => watch.current.state === 'offline');
    server.fault = ({ path }) => (path === pods ? 403 : undefined);
    await until(() => watch.current.state === 'offline' && watch.current.reason.includes('403'), 5000);
    server.fault = () => undefined;
    await until(() => names()?.join() === 'one', inStepMs);
  });

  test('without the right to read events there are environments all the same', async () => {
    server.fault = ({ path }) => (path === events ? 403 : undefined);
    start();
    await until(() => names()?.join() === 'one');
    expect(states.every((state) => state.state === 'online')).toBe(true);
  });

  test('401: the kubeconfig is read again, once, and a new token is used', async () => {
    server.token = 'secret';
    start();
    await until(isWhole);
    server.token = 'renewed';
    await writeFile(join(folder, 'kubeconfig'), server.kubeconfig('renewed'));
    server.resetWatches();
    addNamespace('two');
    await until(() => names()?.includes('two'), inStepMs);
    server.token = 'unknown to us';
    server.resetWatches();
    await until(() => watch.current.state === 'offline', inStepMs);
    expect(watch.current).toMatchObject({ reason: expect.stringContaining('401') as string });
    server.token = 'renewed';
    await until(() => names()?.includes('two'), inStepMs);
  });

  test('a half-open connection is found out by its silence', async () => {
    start({ silenceMs: 300 });
    await until(isWhole);
    server.bookmark();
    addNamespace('two');
    await until(() => names()?.includes('two'));
    server.forgetWatches();
    addNamespace('three');
    await until(() => names()?.includes('three'), inStepMs);
    expect(lists()).toBe(6);
  });

  test('a server that accepts and never answers is offline after the time limit, not for ever', async () => {
    start();
    await until(isWhole);
    const connection = new KubernetesCluster({
      identity: { kind: 'context' },
      kubeconfig: { path: join(folder, 'kubeconfig'), context: 'stub' },
      log: silentLog,
    });
    server.fault = () => 'silence';
    expect(await connection.probe()).toBeUndefined();
  });

  test('a cluster that was never started: offline with a reason, and seen within 2 s of its start', async () => {
    const text = server.kubeconfig();
    await rm(join(folder, 'kubeconfig'));
    start();
    await until(() => watch.current.state === 'offline');
    expect(watch.current).toMatchObject({ reason: expect.stringContaining('there is no') as string });
    await writeFile(join(folder, 'kubeconfig'), text);
    await until(() => names()?.join() === 'one', inStepMs);
  });

  test('another server at another port is followed, and listed anew', async () => {
    start();
    await until(isWhole);
    const next = new StubApiServer();
    await next.start();
    try {
      next.put(namespaces, { metadata: { name: 'elsewhere', labels } as never });
      await writeFile(join(folder, 'kubeconfig'), next.kubeconfig());
      await server.stop();
      await until(() => names()?.join() === 'elsewhere', inStepMs);
    } finally {
      watch.dispose();
      await next.stop();
    }
  });

  test('retryNow does not wait for the end of a pause', async () => {
    await server.stop();
    start({ pauseMs: 60_000, longestPauseMs: 60_000, longestLocalPauseMs: 60_000 });
    await until(() => watch.current.state === 'offline');
    await server.start();
    watch.retryNow();
    await until(() => names()?.join() === 'one', inStepMs);
  });

  test('pauses grow, with jitter, up to the longest: no server is hammered', async () => {
    server.fault = () => 500;
    start({ pauseMs: 20, longestPauseMs: 80, longestLocalPauseMs: 80 });
    const at = performance.now();
    await until(() => (server.lists.get(namespaces) ?? 0) >= 8);
    // The shortest that eight attempts can take: 7 pauses, each at least half of 20, 20, 40, 80, 80, 80, 80.
    expect(performance.now() - at).toBeGreaterThan(190);
  });

  test('watches that the server closes at once are not reopened without end', async () => {
    server.closesWatches = true;
    start({ pauseMs: 100, longestLocalPauseMs: 100 });
    await until(() => (server.watches.get(pods) ?? 0) >= 4);
    const at = performance.now();
    const before = server.watches.get(pods) ?? 0;
    await until(() => (server.watches.get(pods) ?? 0) >= before + 4);
    expect(performance.now() - at).toBeGreaterThan(150);
  });

  test('nothing grows over 1,000 reconnects, and nothing is left after the end', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const handles = (): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
      return counts;
    };
    const idle = handles();
    server.closesWatches = true;
    start({ healthyMs: 0 });
    const reconnected = (): number => [...server.watches.values()].reduce((sum, count) => sum + count, 0);
    await until(() => reconnected() > 300);
    collect();
    const heap = process.memoryUsage().heapUsed;
    server.queries.length = 0;
    server.authorizations.length = 0;
    await until(() => reconnected() > 1300, 25_000);
    server.queries.length = 0;
    server.authorizations.length = 0;
    collect();
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(5e6);
    expect(handles()['Timeout'] ?? 0).toBeLessThan((idle['Timeout'] ?? 0) + 20);
    expect(server.openSockets).toBeLessThan(20);
    expect(lists()).toBe(6);
    watch.dispose();
    await until(() => server.openSockets === 0 && (handles()['TCPSocketWrap'] ?? 0) <= (idle['TCPSocketWrap'] ?? 0));
    await until(() => (handles()['Timeout'] ?? 0) <= (idle['Timeout'] ?? 0) + 1);
  });
});
