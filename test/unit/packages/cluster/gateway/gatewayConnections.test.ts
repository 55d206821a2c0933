import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { Gateway } from '../../../../../packages/cluster/src/gateway/gateway';
import { LogStore } from '../../../../../packages/cluster/src/logs/logStore';
import { Backends } from '../../../../../packages/cluster/src/network/backends';
import { FreePorts } from '../../../../../packages/cluster/src/network/freePort';
import { PodPorts } from '../../../../../packages/cluster/src/network/podPorts';
import { ServiceProxy } from '../../../../../packages/cluster/src/network/serviceProxy';
import { openTestStore } from '../../../../support/objectStore';
import { until } from '../../../../support/until';

const disposals: (() => unknown)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

interface World {
  /** Of the gateway. */
  port: number;
  /** Where the service is for other services. */
  servicePort: number;
  log: string[];
  close(): Promise<void>;
}

/** A gateway, and a service proxy, before a server that stands for a pod. */
async function before(pod: Server): Promise<World> {
  const podSockets = new Set<Socket>();
  pod.on('connection', (socket) => {
    podSockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => pod.listen(0, '127.0.0.1', resolve));
  disposals.push(() => {
    for (const socket of podSockets) socket.destroy();
    pod.close();
  });
  const { port: targetPort } = pod.address() as AddressInfo;
  const store = await openTestStore();
  disposals.push(() => store.close());
  const namespace = 'ns';
  const spec = { selector: { app: 'w' }, ports: [{ port: 80, targetPort }] };
  await store.add({ kind: 'Service', metadata: { name: 'web', namespace }, spec });
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  const metadata = { name: 'web-1', namespace, labels: { app: 'w' } };
  await store.add({ kind: 'Pod', metadata, spec: { containers: [] }, status });
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const rules = [{ host: 'shop.localhost', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  await store.add({ kind: 'Ingress', metadata: { name: 'shop', namespace }, spec: { rules } });
  const folder = await mkdtemp(join(tmpdir(), 'coppice-gateway-'));
  disposals.push(() => rm(folder, { recursive: true, force: true }));
  const free = new FreePorts();
  const backends = new Backends(store.objects, new PodPorts(free));
  const log: string[] = [];
  const write = (line: string): void => void log.push(line);
  const logs = new LogStore(folder, () => undefined);
  const gateway = new Gateway({ objects: store.objects, backends, logs, log: write });
  const port = await free.take();
  await gateway.listen(port);
  const remembered = new Map<string, number>();
  const onRemembered = (): void => undefined;
  const services = new ServiceProxy({ objects: store.objects, backends, free, remembered, onRemembered, log: write });
  await services.start();
  disposals.push(() => Promise.all([gateway.close(), services.close()]));
  return { port, servicePort: [...remembered.values()][0] ?? 0, log, close: () => gateway.close() };
}

const web = (listener: RequestListener): Promise<World> => before(createServer(listener));

/** A connection whose bytes a test sends and sees itself. */
class Client {
  received = '';
  closed = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    this.socket.on('error', () => undefined);
    this.socket.once('close', () => (this.closed = true));
    disposals.push(() => this.socket.destroy());
  }

  send(...lines: string[]): this {
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    return this;
  }

  async has(part: string): Promise<void> {
    await until(() => this.received.includes(part), 3000).catch(() => expect(this.received).toContain(part));
  }
}

const get = (path: string, ...more: string[]): string[] => [`GET ${path} HTTP/1.1`, 'Host: shop.localhost', ...more];

describe('an answer', () => {
  it('is there with its headers before there is a body', async () => {
    let answered: (() => void) | undefined;
    const { port } = await web((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      answered = () => response.end('data: x\n\n');
    });
    const client = new Client(port).send(...get('/events'));
    await client.has('text/event-stream');
    expect(client.received).not.toContain('data: x');
    answered?.();
    await client.has('data: x');
  });

  it.each([
    ['HEAD', 200, { 'Content-Length': '5' }],
    ['HEAD', 200, {}],
    ['GET', 204, {}],
    ['GET', 304, { ETag: '"x"' }],
    ['GET', 200, { 'Content-Length': '0' }],
  ])('to %s with %i and %j has no body, and the connection serves the next one', async (method, status, headers) => {
    const { port } = await web((request, response) => {
      if (request.url === '/next') response.end('next');
      else response.writeHead(status, headers).end();
    });
    const client = new Client(port).send(`${method} / HTTP/1.1`, 'Host: shop.localhost');
    await client.has('\r\n\r\n');
    const [head = '', body] = client.received.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).not.toContain('chunked');
    expect(body).toBe('');
    client.send(...get('/next'));
    await client.has('\r\n\r\nnext');
  });

  it('keeps its trailers', async () => {
    const { port } = await web((_, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.write('body');
      response.addTrailers({ 'X-Sum': '42' });
      response.end();
    });
    const client = new Client(port).send(...get('/'));
    await client.has('\r\n0\r\nx-sum: 42\r\n\r\n');
    expect(client.received).toMatch(/\r\ntrailer: x-sum\r\n/i);
  });

  it('ends where its service dies in the middle of it', async () => {
    const { port, log } = await web((request, response) => {
      response.writeHead(200).write('half');
      setImmediate(() => request.socket.destroy());
    });
    const client = new Client(port).send(...get('/'));
    client.socket.once('end', () => client.socket.end());
    await until(() => client.closed);
    expect(client.received).toContain('half');
    expect(client.received).not.toContain('\r\n0\r\n\r\n');
    expect(log).toEqual([]);
  });
});

describe('a request', () => {
  it.each(['Content-Length', 'chunked'])('of many megabytes arrives whole (%s)', async (way) => {
    const size = 24e6;
    const { port } = await web((request, response) => {
      let seen = 0;
      request.on('data', (chunk: Buffer) => (seen += chunk.length));
      request.once('end', () => response.end(`got ${seen}`));
    });
    const client = new Client(port);
    const head = ['POST /upload HTTP/1.1', 'Host: shop.localhost', 'Expect: 100-continue'];
    const block = Buffer.alloc(1e6, 'x');
    client.send(...head, way === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`);
    await client.has('100 Continue');
    for (let sent = 0; sent < size; sent += block.length) {
      if (way === 'chunked') client.socket.write(`${block.length.toString(16)}\r\n`);
      if (!client.socket.write(block)) await new Promise((resolve) => client.socket.once('drain', resolve));
      if (way === 'chunked') client.socket.write('\r\n');
    }
    if (way === 'chunked') client.socket.write('0\r\n\r\n');
    await client.has(`got ${size}`);
  });

  it('of a client that leaves reaches the service as one that was left', async () => {
    const seen: string[] = [];
    const { port, log } = await web((request) => {
      seen.push('begin');
      request.socket.once('close', () => seen.push('left'));
    });
    const client = new Client(port).send(...get('/'));
    await until(() => seen.includes('begin'));
    client.socket.resetAndDestroy();
    await until(() => seen.includes('left'));
    expect(log).toEqual([]);
  });
});

/** The orders in which two sides of a WebSocket can end. */
const stages: Record<
  string,
  (ends: { client: Client; service: Socket; upgrade(): void; gateway(): Promise<void> }) => unknown
> = {
  'the client ends before the answer': ({ client }) => client.socket.end(),
  'the client resets before the answer': ({ client }) => client.socket.resetAndDestroy(),
  'the service ends before the answer': ({ service }) => service.end(),
  'the service resets before the answer': ({ service }) => service.resetAndDestroy(),
  'the client ends, and the service goes on to speak': async ({ client, service, upgrade }) => {
    upgrade();
    await client.has('101');
    const talk = setInterval(() => service.writable && service.write('more'), 1);
    disposals.push(() => clearInterval(talk));
    client.socket.end('bye');
  },
  'the client resets': async ({ client, service, upgrade }) => {
    upgrade();
    await client.has('101');
    const talk = setInterval(() => service.writable && service.write('more'), 1);
    disposals.push(() => clearInterval(talk));
    client.socket.resetAndDestroy();
  },
  'the service ends, and the client goes on to speak': async ({ client, service, upgrade }) => {
    upgrade();
    await client.has('101');
    const talk = setInterval(() => client.socket.writable && client.socket.write('more'), 1);
    disposals.push(() => clearInterval(talk));
    service.end('bye');
  },
  'the service resets': async ({ client, service, upgrade }) => {
    upgrade();
    await client.has('101');
    service.resetAndDestroy();
  },
  'both at once': async ({ client, service, upgrade }) => {
    upgrade();
    await client.has('101');
    client.socket.end();
    service.end();
  },
  'the answer and the end come together': ({ service, upgrade }) => {
    upgrade();
    service.end();
  },
  'the service answers with an error and dies in the middle of it': ({ service }) => {
    service.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\nhalf');
    service.end();
  },
  'the gateway closes': async ({ client, upgrade, gateway }) => {
    upgrade();
    await client.has('101');
    await gateway();
  },
};

it.each(Object.entries(stages))('a WebSocket is over on both sides when %s', async (_, end) => {
  let asked: (socket: Socket) => void = () => undefined;
  const arrival = new Promise<Socket>((resolve) => (asked = resolve));
  const pod = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.once('data', () => asked(socket));
  });
  const { port, log, close } = await before(pod);
  const client = new Client(port).send(...get('/hmr', 'Connection: Upgrade', 'Upgrade: websocket'));
  const service = await arrival;
  let serviceEnded = false;
  service.resume();
  // A server ends its side when its client does.
  service.once('end', () => service.end());
  service.once('close', () => (serviceEnded = true));
  client.socket.once('end', () => client.socket.end());
  const upgrade = (): void => {
    service.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  };
  await end({ client, service, upgrade, gateway: close });
  await until(() => client.closed && serviceEnded, 3000);
  expect(log).toEqual([]);
});

it('between services a client that has said all still hears the answer', async () => {
  const pod = createTcpServer({ allowHalfOpen: true }, (socket) => {
    void text(socket).then((asked) => socket.end(`you said ${asked}`));
  });
  const { servicePort, log } = await before(pod);
  const client = new Client(servicePort);
  client.socket.end('hello');
  await client.has('you said hello');
  await until(() => client.closed);
  expect(log).toEqual([]);
});

it('one connection serves many requests of many services one after the other', async () => {
  const { port } = await web((request: IncomingMessage, response) => response.end(`<${request.url}>`));
  const client = new Client(port);
  for (let i = 0; i < 20; i++) {
    client.send(...get(`/${i}`));
    await client.has(`</${i}>`);
  }
  expect(client.closed).toBe(false);
});

/** Says what of a request came to it. */
const tell: RequestListener = (request, response) => {
  void text(request).then((body) => {
    const { connection, upgrade, 'http2-settings': settings } = request.headers;
    const asked = [connection, upgrade, settings].filter((each) => /upgrade|h2c|AAMA/i.test(each?.toString() ?? ''));
    response.end(`<${request.method} ${request.url} ${body}${asked.length > 0 ? ' to be upgraded' : ''}>`);
  });
};

describe('a request', () => {
  const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'];

  it('that offers another protocol, as clients of HTTP/2 do, is served as it is', async () => {
    const { port } = await web(tell);
    const client = new Client(port).send(...get('/first', ...h2c));
    await client.has('<GET /first >');
    client.socket.write(
      ['POST /second HTTP/1.1', 'Host: shop.localhost', ...h2c, 'Content-Length: 5', '', 'hello'].join('\r\n'),
    );
    await client.has('<POST /second hello>');
  });

  it('as a proxy is sent one keeps what it asks', async () => {
    const { port } = await web(tell);
    await new Client(port)
      .send('GET http://shop.localhost/a?page=2 HTTP/1.1', 'Host: shop.localhost')
      .has('<GET /a?page=2 >');
  });

  it.each(['DELETE', 'OPTIONS', 'POST'])('%s has its body, also where nothing says how long it is', async (method) => {
    const { port } = await web(tell);
    const client = new Client(port);
    const head = [`${method} /a HTTP/1.1`, 'Host: shop.localhost', 'Transfer-Encoding: chunked', '', ''];
    client.socket.write(`${head.join('\r\n')}5\r\nhello\r\n0\r\n\r\n`);
    await client.has(`<${method} /a hello>`);
  });
});
