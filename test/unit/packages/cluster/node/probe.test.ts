import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { runProbe } from '../../../../../packages/cluster/src/node/probe';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function ask(listener: RequestListener, timeoutSeconds: number) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const exec = () => Promise.reject(new Error('none'));
  const target = { container: { name: 'web' }, realPort: () => port, exec };
  return { port, outcome: await runProbe({ timeoutSeconds, httpGet: { path: '/', port: 80 } }, target) };
}

it('a refusal whose page does not end is told as it is, and by whose port', async () => {
  const { port, outcome } = await ask((_, response) => {
    response.writeHead(503, { 'content-type': 'text/plain' });
    response.write('no broker');
  }, 2);
  const message = 'HTTP probe failed with statuscode: 503';
  expect(outcome).toEqual({ healthy: false, message, answer: 'no broker', answeredPort: port });
});

it('who does not answer in time is told as that', async () => {
  const { outcome } = await ask(() => undefined, 0.1);
  expect(outcome).toMatchObject({ healthy: false, refusedPort: undefined });
  expect(outcome.message).toContain('context deadline exceeded');
});
