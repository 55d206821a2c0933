import { expect, it } from 'vitest';
import type { ProcessContainer } from '../../../../../packages/cluster/src/node/processContainer';
import { SilentProcesses } from '../../../../../packages/cluster/src/node/silentProcesses';

/** What is used of a container that runs. */
function container(id: string): ProcessContainer {
  const run = { pids: () => Promise.resolve([1]) };
  return { id, run, config: { env: { PORT: '29161' } } } as unknown as ProcessContainer;
}

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
  const reason = () => silent.reason({ metadata: { uid: 'u' } }, { name: 'web' }, 29161);
  for (; now < 300_000; now += 1000) expect(await reason()).toBe('listens on 5173, not on its PORT 29161');
  // At 0, 4, 12, 28, 60 and then each 60 seconds.
  expect(looks).toBe(8);
  running = container('two');
  await reason();
  expect(looks).toBe(9);
  running = undefined;
  expect(await reason()).toBeUndefined();
});
