import { expect, it } from 'vitest';
import { PodUsage } from '../../../../../packages/cluster/src/metrics/podUsage';

const start = Date.UTC(2026, 0, 1);

/** One pod with one process, on a clock that only waiting and the test move. */
function world() {
  const state = { now: start, cpuSeconds: 100, startedAt: start - 3600_000, reads: 0, waits: 0, pid: 7, rate: 0 };
  const pass = (ms: number): void => {
    state.now += ms;
    state.cpuSeconds += (state.rate * ms) / 1000;
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'ns', name: 'web-1', uid: 'u1', labels: { app: 'web' } },
  };
  const usage = new PodUsage(
    { list: () => ({ items: [pod], resourceVersion: '1' }) },
    { running: () => [{ podUid: 'u1', container: 'main', pid: state.pid, startedAt: state.startedAt }] },
    {
      processes: () => {
        state.reads++;
        const { cpuSeconds, pid } = state;
        return Promise.resolve([{ pid, parent: 1, group: pid, cpuSeconds, memoryBytes: 5 << 20, started: undefined }]);
      },
      now: () => state.now,
      wait: (ms) => {
        state.waits++;
        pass(ms);
        return Promise.resolve();
      },
    },
  );
  return { state, pass, usage };
}

it('measures over a second when nobody asked before, whatever was used in the hour before', async () => {
  const { state, usage } = world();
  state.rate = 0.25;
  expect(await usage.pods()).toEqual([
    {
      namespace: 'ns',
      name: 'web-1',
      labels: { app: 'web' },
      containers: [{ name: 'main', cpuCores: 0.25, memoryBytes: 5 << 20 }],
      at: start + 1000,
      windowMs: 1000,
    },
  ]);
});

it('measures since the last time that somebody asked, unless that is long ago', async () => {
  const { state, pass, usage } = world();
  await usage.pods();
  state.rate = 0.5;
  pass(4000);
  expect((await usage.pods())[0]).toMatchObject({ windowMs: 4000, containers: [{ cpuCores: 0.5 }] });
  expect(state.waits).toBe(1);
  state.rate = 0;
  pass(61_000);
  state.rate = 1;
  expect((await usage.pods())[0]).toMatchObject({ windowMs: 1000, containers: [{ cpuCores: 1 }] });
  expect(state.waits).toBe(2);
});

it('reads once for all who ask within a second', async () => {
  const { state, usage } = world();
  await Promise.all([usage.pods(), usage.pods(), usage.nodes()]);
  expect(state.reads).toBe(2);
  await usage.pods();
  expect(state.reads).toBe(2);
});

it('measures a process that was started meanwhile since its start', async () => {
  const { state, pass, usage } = world();
  await usage.pods();
  pass(3000);
  Object.assign(state, { pid: 8, startedAt: state.now, cpuSeconds: 0, rate: 0.75 });
  pass(2000);
  expect((await usage.pods())[0]?.containers[0]?.cpuCores).toBe(0.75);
});

it('is never negative when a process that was counted has left the tree', async () => {
  const { state, pass, usage } = world();
  await usage.pods();
  pass(2000);
  state.cpuSeconds = 1;
  expect((await usage.pods())[0]?.containers[0]?.cpuCores).toBe(0);
});

it('answers at once whom nobody waits for: since the start, then since somebody asked last', async () => {
  const { state, pass, usage } = world();
  // 100 s of an hour.
  expect((await usage.podsAtOnce())[0]).toMatchObject({
    ...{ at: start, windowMs: 3600_000 },
    containers: [{ cpuCores: 100 / 3600, memoryBytes: 5 << 20 }],
  });
  state.rate = 0.5;
  pass(100_000);
  expect((await usage.podsAtOnce())[0]).toMatchObject({ windowMs: 100_000, containers: [{ cpuCores: 0.5 }] });
  expect(state.waits).toBe(0);
  state.rate = 1;
  expect((await usage.pods())[0]).toMatchObject({ windowMs: 1000, containers: [{ cpuCores: 1 }] });
  expect(state.waits).toBe(1);
  pass(2000);
  expect((await usage.podsAtOnce())[0]).toMatchObject({ windowMs: 2000, containers: [{ cpuCores: 1 }] });
  const { reads } = state;
  await usage.podsAtOnce();
  expect(state.reads).toBe(reads);
  // What somebody was told of hours is not what the next one asks for, who wants to know of now.
  state.rate = 0.25;
  pass(3 * 3600_000);
  expect((await usage.podsAtOnce())[0]).toMatchObject({ windowMs: 3 * 3600_000, containers: [{ cpuCores: 0.25 }] });
  state.rate = 1;
  expect((await usage.pods())[0]).toMatchObject({ windowMs: 1000, containers: [{ cpuCores: 1 }] });
});
