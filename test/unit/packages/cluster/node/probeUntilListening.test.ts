import { expect, it } from 'vitest';
import { FreePorts } from '../../../../../packages/cluster/src/network/freePort';
import { probeUntilListening } from '../../../../../packages/cluster/src/node/probeUntilListening';

async function asks(since: number, periodSeconds: number): Promise<number> {
  const port = await new FreePorts().take();
  let count = 0;
  const target = {
    container: { name: 'web' },
    realPort: () => (count++, port),
    exec: () => Promise.reject(new Error('none')),
  };
  const probe = { periodSeconds, tcpSocket: { port: 80 } };
  const outcome = await probeUntilListening(probe, target, () => Promise.resolve(true), since);
  expect(outcome).toMatchObject({ healthy: false, refusedPort: port });
  return count;
}

it('asks often at first, and no oftener than the probe says what has not begun to listen for long', async () => {
  expect(await asks(performance.now(), 0.5)).toBeGreaterThan(3);
  expect(await asks(performance.now() - 10 * 60_000, 10)).toBe(1);
});
