import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { FreePorts } from '../../../../packages/cluster/src/network/freePort';
import { isPortFree } from '../../../../packages/host/src/isPortFree';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function take(port: number, host: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ port, host }, resolve));
}

it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])('sees that a port is taken on %s', async (host) => {
  const port = await new FreePorts().take();
  expect(await isPortFree(port)).toBe(true);
  await take(port, host);
  expect(await isPortFree(port)).toBe(false);
});

it('asks only where it is to be listened on', async () => {
  const port = await new FreePorts().take();
  await take(port, '::1');
  expect(await isPortFree(port, { hosts: ['127.0.0.1'] })).toBe(true);
});

it.each([0, -1, 65_536, 1.5, Number.NaN])('knows that %d is no port', async (port) => {
  expect(await isPortFree(port)).toBe(false);
});
