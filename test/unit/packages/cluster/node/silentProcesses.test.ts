import { expect, it } from 'vitest';
import type { ProcessContainer } from '../../../../../packages/cluster/src/node/processContainer';
import { SilentProcesses } from '../../../../../packages/cluster/src/node/silentProcesses';

/** What is used of a container that runs. */
function container(id: string): ProcessContainer {
  const run = { pids: () => Promise.resolve([1]) };
  return { id, run, config: { env: { PORT: '29161' } } } as unknown as ProcessContainer;
}

it('leads nowhere while only a debugger waits, however much the log says after it', async () => {
  let now = 0;
  let lines = ['Debugger listening on ws://127.0.0.1:39229/0f2c936f'];
  let listeners = [{ address: '127.0.0.1', port: 39229 }];
  const silent = new SilentProcesses({
    runtime: { aliveRun: () => container('one') },
    logs: { lastLines: () => Promise.resolve(lines) },
    listenersOf: () => Promise.resolve(listeners),
    now: () => now,
  });
  const [pod, web] = [{ metadata: { uid: 'u' } }, { name: 'web' }];
  for (; now < 120_000; now += 1000) {
    await silent.reason(pod, web, 29161);
    expect(silent.stray(pod, web)).toBeUndefined();
    lines = ['compiling…'];
  }
  // The program itself, in place of its PORT.
  listeners = [...listeners, { address: '127.0.0.1', port: 5173 }];
  for (; now < 300_000; now += 1000) await silent.reason(pod, web, 29161);
  expect(silent.stray(pod, web)).toBe(5173);
});

it('looks at a silent process less and less often, and anew when it was started again', async () => {
  let now = 0;
  let looks = 0;
  let running: ProcessContainer | undefined = container('one');
  const silent = new SilentProcesses({
    runtime: { aliveRun: () => running },
    logs: { lastLines: () => Promise.resolve([]) },
    listenersOf: () => Promise.resolve((looks++, [{ address: '*', port: 5173 }])),
    now: () => now,
  });
  const [pod, web] = [{ metadata: { uid: 'u' } }, { name: 'web' }];
  const reason = () => silent.reason(pod, web, 29161);
  for (; now < 300_000; now += 1000) expect(await reason()).toBe('listens on 5173, not on its PORT 29161');
  // Each 3 seconds for 15, as it listens elsewhere, and then each 60 seconds.
  expect(looks).toBe(10);
  expect(silent.stray(pod, web)).toBe(5173);
  running = container('two');
  expect(silent.stray(pod, web)).toBeUndefined();
  await reason();
  expect(looks).toBe(11);
  // Once is not steady.
  expect(silent.stray(pod, web)).toBeUndefined();
  running = undefined;
  expect(await reason()).toBeUndefined();
});

it('is not where a process listens for its first seconds, but where it goes on to', async () => {
  let now = 0;
  let ports = [24_679];
  const silent = new SilentProcesses({
    runtime: { aliveRun: () => container('one') },
    logs: { lastLines: () => Promise.resolve([]) },
    listenersOf: () => Promise.resolve(ports.map((port) => ({ address: '*', port }))),
    now: () => now,
  });
  const [pod, web] = [{ metadata: { uid: 'u' } }, { name: 'web' }];
  const strayAfter = async (seconds: number): Promise<number | undefined> => {
    for (const end = now + seconds * 1000; now < end; now += 1000) await silent.reason(pod, web, 29_161);
    return silent.stray(pod, web);
  };
  expect(await strayAfter(12)).toBeUndefined();
  ports = [5173];
  expect(await strayAfter(14)).toBeUndefined();
  expect(await strayAfter(10)).toBe(5173);
});
