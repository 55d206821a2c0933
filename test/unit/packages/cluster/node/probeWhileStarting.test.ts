import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { FreePorts } from '../../../../../packages/cluster/src/network/freePort';
import { probeWhileStarting } from '../../../../../packages/cluster/src/node/probeWhileStarting';

const isRunning = () => Promise.resolve(true);

async function asks(since: number, periodSeconds: number): Promise<number> {
  const port = await new FreePorts().take();
  let count = 0;
  const target = {
    container: { name: 'web' },
    realPort: () => (count++, port),
    exec: () => Promise.reject(new Error('none')),
  };
  const probe = { periodSeconds, tcpSocket: { port: 80 } };
  const outcome = await probeWhileStarting(probe, target, { since, isAnyAnswerEnough: true, isRunning });
  expect(outcome).toMatchObject({ healthy: false, refusedPort: port });
  return count;
}

it('asks often at first, and no oftener than the probe says what has not begun to listen for long', async () => {
  expect(await asks(performance.now(), 0.5)).toBeGreaterThan(3);
  expect(await asks(performance.now() - 10 * 60_000, 10)).toBe(1);
});

/** @param failures before it succeeds */
function command(failures: number) {
  const asked = { count: 0 };
  const target = {
    container: { name: 'worker' },
    realPort: () => 0,
    exec: async () => ({ exitCode: asked.count++ < failures ? 1 : 0, output: 'not yet' }),
  };
  return { asked, target, probe: { periodSeconds: 10, exec: { command: ['isReady'] } } };
}
const starting = (since = performance.now()) => ({ since, isAnyAnswerEnough: false, isRunning });

it('runs a command again until it says that its program has started, within one period', async () => {
  const { asked, target, probe } = command(3);
  const begin = performance.now();
  expect(await probeWhileStarting(probe, target, starting())).toMatchObject({ healthy: true });
  expect(asked.count).toBe(4);
  expect(performance.now() - begin).toBeLessThan(5000);
});

it('runs a command no oftener than the probe says for what has not started for long', async () => {
  const { asked, target, probe } = command(3);
  const outcome = await probeWhileStarting(probe, target, starting(performance.now() - 60_000));
  expect(outcome).toEqual({ healthy: false, message: 'not yet' });
  expect(asked.count).toBe(1);
});

it('runs a command some few times in the first second', async () => {
  const { asked, target, probe } = command(1000);
  await probeWhileStarting({ ...probe, periodSeconds: 1 }, target, starting(performance.now() - 100));
  expect(asked.count).toBeGreaterThan(2);
  expect(asked.count).toBeLessThan(14);
});

it('runs no command for a program that has ended', async () => {
  const { asked, target, probe } = command(1000);
  await probeWhileStarting(probe, target, { ...starting(), isRunning: () => Promise.resolve(false) });
  expect(asked.count).toBe(1);
});

it('takes the first answer of what listens for a readiness probe, and waits for a good one for a startup probe', async () => {
  let count = 0;
  const server = createServer((_, response) => void response.writeHead(++count % 3 === 0 ? 200 : 503).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const target = { ...command(0).target, realPort: () => port };
    const probe = { periodSeconds: 10, timeoutSeconds: 10, httpGet: { port: 80 } };
    expect(await probeWhileStarting(probe, target, { ...starting(), isAnyAnswerEnough: true })).toMatchObject({
      healthy: false,
      answeredPort: port,
    });
    expect(count).toBe(1);
    expect(await probeWhileStarting(probe, target, starting())).toMatchObject({ healthy: true, answeredPort: port });
    expect(count).toBe(3);
  } finally {
    server.close();
  }
});

it('takes no port for that of a server that is opened for a moment only, to see that it is free', async () => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined).destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const target = { ...command(0).target, realPort: () => port };
  const ask = (periodSeconds: number) =>
    probeWhileStarting({ periodSeconds, tcpSocket: { port: 80 } }, target, { ...starting(), isAnyAnswerEnough: true });
  expect(await ask(0.2)).toMatchObject({ healthy: false, refusedPort: port });
  const stays = createTcpServer((socket) => void socket.on('error', () => undefined).destroy());
  await new Promise<void>((resolve) => stays.listen(port, '127.0.0.1', resolve));
  try {
    expect(await ask(10)).toEqual({ healthy: true, message: '', answeredPort: port });
  } finally {
    stays.close();
  }
});
