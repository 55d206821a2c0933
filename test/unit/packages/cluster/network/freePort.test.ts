import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { FreePorts } from '../../../../../packages/cluster/src/network/freePort';
import { PodPorts } from '../../../../../packages/cluster/src/network/podPorts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function take(port: number, host: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ port, host }, resolve));
}

it('gives no port twice until it is given back', async () => {
  const free = new FreePorts();
  const ports = await Promise.all(Array.from({ length: 50 }, () => free.take()));
  expect(new Set(ports).size).toBe(50);
  const [first = 0] = ports;
  expect(await free.takeThis(first)).toBe(false);
  free.release(first);
  expect(await free.takeThis(first)).toBe(true);
});

it('keeps the port of a pod across restarts unless somebody else took it', async () => {
  const ports = new PodPorts(new FreePorts());
  expect(ports.real('uid', 3000)).toBe(3000);
  await ports.prepare('uid', [3000]);
  const first = ports.real('uid', 3000);
  expect(first).not.toBe(3000);
  await ports.prepare('uid', [3000]);
  expect(ports.real('uid', 3000)).toBe(first);
  await take(first, '127.0.0.1');
  await ports.prepare('uid', [3000]);
  expect(ports.real('uid', 3000)).not.toBe(first);
  ports.forget('uid');
  expect(ports.real('uid', 3000)).toBe(3000);
});
