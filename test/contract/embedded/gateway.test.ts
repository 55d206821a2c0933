import { request } from 'node:http';
import { connect } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import {
  containerWhen,
  createNamespace,
  deploy,
  expectStatus,
  makeFolder,
  podsOf,
  route,
  throughGateway,
} from '../../support/services';
import { until } from '../../support/until';

let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;
const ns = 'gate';

/** Everything a test asks for, in one program that needs nothing but Node.js. */
const server = `
const { createServer, get } = require('node:http');
const { createHash } = require('node:crypto');
const { existsSync } = require('node:fs');
const { NAME, PORT } = process.env;
const app = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://x').pathname;
  if (path.endsWith('/healthz')) return response.writeHead(existsSync(NAME + '.sick') ? 500 : 200).end();
  if (path.endsWith('/die')) { console.log('dying of <b>' + NAME + '</b>'); process.exit(7); }
  if (path.endsWith('/half')) { response.writeHead(200, { 'content-length': 100 }); response.write('half'); setTimeout(() => process.exit(8), 50); return; }
  if (path.endsWith('/events')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: first\\n\\n');
    request.socket.once('close', () => console.log('gone'));
    return;
  }
  if (path.endsWith('/peer')) {
    const { PEER_SERVICE_HOST, PEER_SERVICE_PORT } = process.env;
    const call = get({ host: PEER_SERVICE_HOST, port: PEER_SERVICE_PORT, agent: false }, (answer) => answer.pipe(response));
    return call.once('error', (error) => response.end(error.code));
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  response.setHeader('x-name', NAME);
  response.end(JSON.stringify({ name: NAME, pid: process.pid, url: request.url, headers: request.headers, body }));
});
app.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  const text = Buffer.from('hello from ' + NAME + ' ' + request.headers.host);
  socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  socket.on('data', () => {}).on('error', () => {});
});
app.listen(Number(PORT), NAME === 'six' ? '::1' : '127.0.0.1');
`;

const probe = { readinessProbe: { httpGet: { port: 8000, path: '/healthz' }, periodSeconds: 1, failureThreshold: 1 } };

beforeAll(async () => {
  folder = await makeFolder({ 'server.cjs': server });
  cluster = await startTestCluster();
  await createNamespace(cluster, ns);
  await Promise.all([service('web'), service('api')]);
  await route(cluster, ns, 'shop', 'shop.localhost', [
    ['/', 'web'],
    ['/api', 'api'],
    ['/down', 'nothing'],
  ]);
  await Promise.all([ready('web'), ready('api')]);
});
afterAll(async () => {
  await cluster.dispose();
  await folder.remove();
});

async function service(name: string, more: Partial<Parameters<typeof deploy>[3]> = {}): Promise<void> {
  const env = [{ name: 'NAME', value: name }, ...(more.env ?? [])];
  await deploy(cluster, ns, name, {
    folder: folder.path,
    command: ['node', 'server.cjs'],
    port: 8000,
    container: probe,
    ...more,
    env,
  });
}
const ready = (name: string) => containerWhen(cluster, ns, name, (container) => container.ready);
const ask = (path: string, init?: RequestInit, host = 'shop.localhost') => throughGateway(cluster, host, path, init);
const json = (text: string): Record<string, unknown> => JSON.parse(text);

describe('routing', () => {
  it('goes by host and path, and passes the request on as it is', async () => {
    expect(json((await ask('/')).text)).toMatchObject({ name: 'web', url: '/' });
    expect(json((await ask('/apix')).text)).toMatchObject({ name: 'web' });
    const answer = await ask('/api/items?q=1%202', { method: 'POST', body: 'payload', headers: { 'X-Own': 'kept' } });
    expect(answer.headers['x-name']).toBe('api');
    expect(json(answer.text)).toMatchObject({ name: 'api', url: '/api/items?q=1%202', body: 'payload' });
    expect(json(answer.text)['headers']).toMatchObject({
      'x-own': 'kept',
      host: `shop.localhost:${cluster.gatewayPort}`,
    });
  });

  it('says where the request came from, and believes no client about that', async () => {
    const headers = { 'X-Forwarded-For': '6.6.6.6', 'X-Forwarded-Host': 'evil', 'X-Forwarded-Proto': 'https' };
    expect(json((await ask('/', { headers })).text)['headers']).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': `shop.localhost:${cluster.gatewayPort}`,
      'x-forwarded-proto': 'http',
      'x-forwarded-port': String(cluster.gatewayPort),
    });
  });

  it('listens on the IPv6 loopback address too, and on no other address', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { Host: `shop.localhost:${cluster.gatewayPort}` };
      request({ host: '::1', port: cluster.gatewayPort, headers, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBe(200);
    const { networkInterfaces } = await import('node:os');
    const outside = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    if (!outside) return;
    const refused = await new Promise((resolve) => {
      const socket = connect({ host: outside.address, port: cluster.gatewayPort });
      socket.once('connect', () => resolve(socket.destroy() && 'connected'));
      socket.once('error', () => resolve('refused'));
    });
    expect(refused).toBe('refused');
  });

  it('reaches a service that listens on the IPv6 loopback address only', async () => {
    await service('six', { host: 'six.localhost' });
    await ready('six');
    expect(json((await ask('/', {}, 'six.localhost')).text)).toMatchObject({ name: 'six' });
  });

  it('writes into the Ingress where it is served', async () => {
    const status = await until(async () => {
      const ingress = await expectStatus(
        cluster,
        200,
        'GET',
        `/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses/shop`,
      );
      return JSON.stringify(ingress['status']).includes('hostname') ? ingress['status'] : undefined;
    });
    const ports = [{ port: cluster.gatewayPort, protocol: 'TCP' }];
    expect(status).toEqual({ loadBalancer: { ingress: [{ hostname: 'localhost', ports }] } });
  });

  it('spreads requests over the pods of a service', async () => {
    await service('wide', { replicas: 3, host: 'wide.localhost' });
    await until(async () => {
      const pods = await podsOf(cluster, ns, 'wide');
      return pods.length === 3 && pods.every(({ status }) => status.containerStatuses?.[0]?.ready);
    });
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(json((await ask('/', {}, 'wide.localhost')).text)['pid']);
    expect(new Set(answers).size).toBe(3);
  });
});

describe('what stays open', () => {
  it('passes WebSockets on', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${cluster.gatewayPort}/api/live`, {
      headers: { Host: 'shop.localhost' },
    });
    const text = await new Promise<string>((resolve, reject) => {
      socket.once('message', (data: Buffer) => resolve(data.toString()));
      socket.once('error', reject);
    });
    expect(text).toBe('hello from api shop.localhost');
    socket.terminate();
  });

  it.each([
    ['other.localhost', '/', 404],
    ['shop.localhost', '/down', 503],
  ])('refuses a WebSocket to %s%s with %i', async (host, path, status) => {
    const socket = new WebSocket(`ws://127.0.0.1:${cluster.gatewayPort}${path}`, { headers: { Host: host } });
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain(String(status));
  });

  it('passes events on as they come, and tells the service when the client leaves', async () => {
    const [pod] = await podsOf(cluster, ns, 'api');
    await new Promise<void>((resolve, reject) => {
      const headers = { Host: 'shop.localhost' };
      const call = request(
        { host: '127.0.0.1', port: cluster.gatewayPort, path: '/api/events', headers, agent: false },
        (answer) => {
          answer.once('data', (chunk: Buffer) => {
            expect(chunk.toString()).toBe('data: first\n\n');
            call.destroy();
            resolve();
          });
        },
      );
      call.once('error', reject);
      call.end();
    });
    await until(async () => {
      const { body } = await cluster.api('GET', `/api/v1/namespaces/${ns}/pods/${pod?.metadata.name}/log`);
      return String(body).includes('gone');
    });
  });
});

describe('what is not there', () => {
  it('lists the known hosts to who asks by a name of this machine', async () => {
    const answer = await ask('/', { headers: { Accept: 'text/html' } }, 'unknown.localhost');
    expect(answer.status).toBe(404);
    expect(answer.text).toContain(`<a href="http://shop.localhost:${cluster.gatewayPort}/">shop.localhost</a>`);
    expect(answer.text).toContain('No environment has the host <code>unknown.localhost</code>');
  });

  it('tells nothing to a page that made its own name point here', async () => {
    const answer = await ask('/', { headers: { Accept: 'application/json' } }, 'rebound.example.com');
    expect(answer.status).toBe(404);
    expect(json(answer.text)).toEqual({ error: 'unknownHost', host: 'rebound.example.com', hosts: [] });
  });

  it('says that there is no such service', async () => {
    const answer = await ask('/down/x', { headers: { Accept: 'application/json' } });
    expect(answer.status).toBe(503);
    expect(json(answer.text)).toMatchObject({ error: 'serviceDown', service: 'nothing', state: 'NoService' });
  });

  it('tells that a service crashed, with its last words escaped, until it is back', async () => {
    await service('frail', { host: 'frail.localhost' });
    await ready('frail');
    const crash = () => ask('/die', {}, 'frail.localhost');
    await crash();
    // The first restart is at once; the second waits.
    await until(async () => (await ask('/', {}, 'frail.localhost')).status === 200);
    await crash();
    await containerWhen(cluster, ns, 'frail', ({ state }) => state.waiting?.reason === 'CrashLoopBackOff');
    const page = await ask('/', { headers: { Accept: 'text/html' } }, 'frail.localhost');
    expect(page.status).toBe(503);
    expect(page.headers['retry-after']).toBe('2');
    expect(page.text).toContain('frail: CrashLoopBackOff, exit code 7');
    expect(page.text).toContain('dying of &#60;b&#62;frail&#60;/b&#62;');
    expect(page.text).toContain('http-equiv="refresh"');
    const answer = json((await ask('/', { headers: { Accept: 'application/json' } }, 'frail.localhost')).text);
    expect(answer).toMatchObject({ service: 'frail', state: 'CrashLoopBackOff', exitCode: 7 });
    await until(async () => (await ask('/', {}, 'frail.localhost')).status === 200, 20_000);
  });

  it('sends nothing to a pod that is not ready', async () => {
    await service('sick', { host: 'sick.localhost' });
    await ready('sick');
    await writeFile(join(folder.path, 'sick.sick'), '');
    await containerWhen(cluster, ns, 'sick', (container) => !container.ready);
    const answer = await ask('/', { headers: { Accept: 'application/json' } }, 'sick.localhost');
    expect(answer.status).toBe(503);
    expect(json(answer.text)).toMatchObject({
      state: 'NotReady',
      reason: expect.stringContaining('Readiness probe failed'),
    });
  });

  it('breaks the connection when a service dies in the middle of an answer', async () => {
    await service('half', { host: 'half.localhost' });
    await ready('half');
    await expect(ask('/half', {}, 'half.localhost')).rejects.toThrow();
  });
});

describe('services among each other', () => {
  it('find each other by the variables of Kubernetes, and refuse when nobody is ready', async () => {
    await service('peer');
    await ready('peer');
    await service('caller', { host: 'caller.localhost' });
    await ready('caller');
    expect(json((await ask('/peer', {}, 'caller.localhost')).text)).toMatchObject({ name: 'peer' });
    await writeFile(join(folder.path, 'peer.sick'), '');
    await containerWhen(cluster, ns, 'peer', (container) => !container.ready);
    expect((await ask('/peer', {}, 'caller.localhost')).text).toBe('ECONNRESET');

    const endpoints = await until(async () => {
      const found = await expectStatus(cluster, 200, 'GET', `/api/v1/namespaces/${ns}/endpoints/peer`);
      return JSON.stringify(found['subsets']).includes('notReadyAddresses') ? found['subsets'] : undefined;
    });
    const [pod] = await podsOf(cluster, ns, 'peer');
    expect(endpoints).toMatchObject([
      { notReadyAddresses: [{ ip: pod?.status.podIP }], ports: [{ port: 8000, protocol: 'TCP' }] },
    ]);
  });
});
