import { isLoopback } from '@coppice/host/isLoopback';
import type { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import httpProxy from 'http-proxy-3';
import type { ObjectStore } from '../store/objectStore';
import type { LogStore } from '../logs/logStore';
import type { Backends } from '../network/backends';
import { connectLoopback } from '../network/loopback';
import { answerServiceDown, answerUnknownHost, answerUnknownPath } from './answerPage';
import { agentFor, destroySoon, isConnectionEnd, isSocket, refuse } from './connections';
import { CLIENT_LEFT, RequestCounts, type ServiceRequests } from './requestCounts';
import { hostOf, RouteTable, type Route } from './routeTable';
import { serviceTrouble, withWake } from './serviceTrouble';
import { Sleepers, type SleepLimits, type Starts } from './sleepers';
import { Visits } from './visits';
import { asksForWebSocket, isLook, isOfItsOwnAccord, readsPages } from './whoAsks';

/** Only what the proxy wants to be told: the connection is there already. */
const TARGET = 'http://127.0.0.1';
const LOG_LINES = 20;
/** How long a browser shows nothing before it shows that what was asked for is being started. */
const BLANK_MS = 3_000;
const FORWARDED = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-prefix',
  'forwarded',
  'x-real-ip',
];
/** What an offer of another protocol than HTTP/1.1 says, which is for the next one on the way alone. */
const OFFERED = ['connection', 'upgrade', 'http2-settings'];

export interface GatewayParts {
  objects: ObjectStore;
  backends: Backends;
  logs: LogStore;
  log(message: string): void;
  /** Without it none is remembered. */
  visits?: Visits;
  /** What waits for room, and what comes back with the cluster. */
  starts?: Pick<Starts, 'noRoom' | 'returning'>;
  /** For tests. */
  sleepLimits?: SleepLimits;
}

/** The one port through which browsers reach all environments: it routes by the Ingress objects. */
export class Gateway {
  readonly visits: Visits;
  private readonly counts = new RequestCounts();
  private readonly routes: RouteTable;
  private readonly sleepers: Sleepers;
  private readonly proxy = httpProxy.createProxyServer({ xfwd: true, xfwdWsProtoAsHttp: true });
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Duplex>();
  /** What is known of an answer that ends before it is whole: it goes on for as long as the client likes, or its service died. */
  private readonly unfinished = new WeakMap<object, 'stream' | 'broken'>();
  /** Hear what a service answered to a request for a WebSocket. */
  private readonly upgrades = new WeakMap<IncomingMessage, (status: number) => void>();
  private port = 0;

  constructor(private readonly parts: GatewayParts) {
    this.visits = parts.visits ?? new Visits();
    this.visits.startWith(parts.objects.list('Namespace').items.map(({ metadata }) => metadata.name));
    this.routes = new RouteTable(parts.objects);
    const times = this.visits.times();
    const lastUsed = (namespace: string): number => times.get(namespace) ?? 0;
    this.sleepers = new Sleepers(parts.objects, parts.log, parts.sleepLimits, { ...parts.starts, lastUsed });
    this.proxy.on('error', (error) => {
      if (!isConnectionEnd(error)) parts.log(`gateway: ${error.message}`);
    });
    this.proxy.on('proxyRes', (answer, _request, response) => {
      // What a service says of its connection with us is nothing to the client, whose connection serves more requests.
      for (const name of ['connection', 'keep-alive', 'proxy-connection']) delete answer.headers[name];
      // Headers without a body yet are an answer already (server-sent events). A body that is here goes with them.
      setImmediate(() => {
        if (!response.headersSent && !response.destroyed) response.flushHeaders();
      });
      answer.once('end', () => response.addTrailers(answer.trailers));
      // A service that dies in the middle of an answer: the client must see that it is not whole.
      const isStream = answer.headers['content-type']?.startsWith('text/event-stream');
      if (isStream) this.unfinished.set(response, 'stream');
      answer.once('close', () => {
        if (answer.complete) return;
        if (!isStream) this.unfinished.set(response, 'broken');
        response.destroy();
      });
    });
    this.proxy.on('start', ({ headers, headersDistinct }) => {
      // The proxy takes a DELETE without a length for one without a body: what was sent would be the next request.
      const coding = headersDistinct['transfer-encoding'];
      if (!coding) return;
      delete headers['content-length'];
      headers['transfer-encoding'] = coding.join(', ');
    });
    this.proxy.on('proxyReqWs', (onward, request) => {
      const tell = (answer: IncomingMessage): void => this.upgrades.get(request)?.(answer.statusCode ?? 502);
      onward.once('upgrade', tell).once('response', tell);
    });
    parts.objects.subscribe(({ kind, type, object }) => {
      const { namespace = '', name } = object.metadata;
      if (type === 'ADDED' && kind === 'Namespace') this.visits.know(name);
      if (type !== 'DELETED') return;
      if (kind === 'Namespace') this.visits.forget(name);
      if (kind === 'Namespace') this.counts.forget(name);
      if (kind === 'Service') this.counts.forget(namespace, name);
    });
  }

  /** Listens on both loopback addresses. Rejects when the port is taken on either. */
  async listen(port: number): Promise<void> {
    this.port = port;
    try {
      await this.listenOn(port, '127.0.0.1');
      await this.listenOn(port, '::1');
    } catch (error) {
      for (const server of this.servers.splice(0)) server.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.routes.close();
    this.sleepers.close();
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(
      this.servers.map((server) => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      }),
    );
  }

  /** What went to each service that a route leads to, those that nobody asked for yet included. */
  requests(): ServiceRequests[] {
    for (const route of this.routes.all) this.counts.include(route);
    return this.counts.all();
  }

  private async listenOn(port: number, host: string): Promise<void> {
    // Whoever offers another protocol is served as if they did not, where Node.js knows of that (24.9, 22.21).
    const shouldUpgradeCallback = asksForWebSocket;
    const limits = { keepAliveTimeout: 65_000, requestTimeout: 0, maxHeaderSize: 64 * 1024 };
    const server = createServer({ ...limits, shouldUpgradeCallback });
    server.on('request', (request, response) => void this.onRequest(request, response));
    server.on('upgrade', (request, socket, head) => void this.onUpgrade(request, socket, head));
    server.on('clientError', (_error, socket) => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        const code = 'code' in error ? error.code : undefined;
        // A machine without IPv6: its browsers do not ask there either.
        if (host === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) resolve();
        else reject(error);
      });
      server.listen({ port, host, exclusive: true }, () => {
        this.servers.push(server);
        resolve();
      });
    });
  }

  private async onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const host = hostOf(request.headers.host);
    const path = pathOf(request);
    const route = this.routes.find(host, path);
    if (!route) {
      if (this.routes.knows(host)) answerUnknownPath(request, response, host, path);
      else answerUnknownHost(request, response, host, isLoopback(host) ? this.routes.knownHosts : [], this.port);
      return;
    }
    if (isLook(request)) return this.onLook(route, request, response);
    response.once('close', this.visits.begin(route.namespace));
    response.once('close', () => {
      const fate = response.writableFinished ? 'finished' : this.unfinished.get(response);
      const status = fate === undefined ? CLIENT_LEFT : fate === 'broken' ? 502 : response.statusCode;
      const seconds = fate === 'finished' ? (performance.now() - started) / 1000 : undefined;
      this.counts.add(route, request.method, status, seconds);
    });
    const limit = readsPages(request) ? BLANK_MS : this.sleepers.hold;
    if (this.sleepers.concerns(route.namespace)) await this.awaken(route, request, response, limit);
    const socket = await this.connect(route);
    if (!socket) return this.answerDown(request, response, route);
    if (response.destroyed) return void socket.destroy();
    this.prepare(request, route);
    this.proxy.web(request, response, { target: TARGET, agent: agentFor(socket) }, () => {
      socket.destroy();
      if (response.headersSent) response.destroy();
      else void this.answerDown(request, response, route);
    });
  }

  /** A page of ours that was left open must neither wake what it tells of nor keep it awake. */
  private async onLook(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = await this.connect(route);
    if (!socket) return this.answerDown(request, response, route);
    socket.destroy();
    request.resume();
    response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
  }

  private async onUpgrade(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    client.on('error', () => client.destroy());
    this.sockets.add(client);
    client.once('close', () => this.sockets.delete(client));
    const route = this.routes.find(hostOf(request.headers.host), pathOf(request));
    if (!route) return refuse(client, 404, 'Not Found');
    client.once('close', this.visits.begin(route.namespace));
    if (this.sleepers.concerns(route.namespace)) await this.awaken(route, request, client, this.sleepers.hold);
    const socket = await this.connect(route);
    const count = (status: number): void => this.counts.add(route, request.method, status, undefined);
    if (!socket) {
      count(503);
      return refuse(client, 503, 'Service Unavailable');
    }
    if (client.destroyed) {
      count(CLIENT_LEFT);
      return void socket.destroy();
    }
    // Whichever side ends, both do, and nothing is written to one that has ended: what it was sent before still arrives.
    client.once('end', () => {
      socket.unpipe(client);
      client.end();
    });
    client.once('close', () => socket.destroySoon());
    socket.once('close', () => destroySoon(client));
    let isAnswered = false;
    this.upgrades.set(request, (status) => {
      isAnswered = true;
      count(status);
      if (status === 101) client.once('close', this.counts.openWebSocket(route));
    });
    this.prepare(request, route);
    if (!isSocket(client)) return refuse(client, 500, 'Internal Server Error');
    this.proxy.ws(request, client, head, { target: TARGET, agent: agentFor(socket) }, () => {
      if (!isAnswered) count(client.destroyed ? CLIENT_LEFT : 502);
      isAnswered = true;
      socket.destroy();
      client.destroy();
    });
  }

  /** Whoever asks for what sleeps wakes it, and waits; what a page sends for as long as it is open only waits. */
  private async awaken(route: Route, request: IncomingMessage, client: EventEmitter, limit: number): Promise<void> {
    const { namespace, service, port } = route;
    if (!isOfItsOwnAccord(request)) this.sleepers.wake(namespace);
    const left = new AbortController();
    const onClose = (): void => left.abort();
    client.once('close', onClose);
    const isThere = (): boolean => this.parts.backends.of(namespace, service, port).length > 0;
    await this.sleepers.arrival({ namespace, service, isThere, limit, signal: left.signal });
    client.off('close', onClose);
  }

  /** A connection to a pod that is ready. What is sent cannot be sent twice, so another pod is tried before anything is. */
  private async connect(route: Route): Promise<Socket | undefined> {
    const { backends } = this.parts;
    const { namespace, service, port } = route;
    for (let tries = backends.of(namespace, service, port).length; tries > 0; tries--) {
      const backend = backends.next(namespace, service, port);
      const socket = backend && (await connectLoopback(backend.port).catch(() => undefined));
      if (socket) return socket;
    }
    return undefined;
  }

  private async answerDown(request: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
    request.resume();
    const isComing = this.sleepers.isComing(route);
    const found = serviceTrouble(this.parts.objects, route.namespace, route.service);
    const trouble = withWake(found, isComing, this.sleepers.waits(route.namespace));
    const { namespace, pod: name, podUid: uid, container } = trouble;
    const known = name !== undefined && uid !== undefined && container !== undefined;
    const lines = known
      ? await this.parts.logs.lastLines({ namespace, name, uid, container }, LOG_LINES).catch(() => [])
      : [];
    if (!response.headersSent) answerServiceDown(request, response, trouble, lines);
  }

  /** Nobody stands before this gateway: what a client claims about itself is not passed on. */
  private prepare(request: IncomingMessage, { stripped }: Route): void {
    const isOffer = request.headers.upgrade !== undefined && !asksForWebSocket(request);
    for (const name of isOffer ? [...FORWARDED, ...OFFERED] : FORWARDED) delete request.headers[name];
    if (!request.url?.startsWith('/')) request.url = `${pathOf(request)}${URL.parse(request.url ?? '')?.search ?? ''}`;
    if (stripped === undefined || stripped === '' || !request.url.startsWith(stripped)) return;
    // Two slashes at the front would begin a host.
    request.url = `/${request.url.slice(stripped.length).replace(/^\/+/, '')}`;
    request.headers['x-forwarded-prefix'] = stripped;
  }
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const path = url.startsWith('/') ? url : (URL.parse(url)?.pathname ?? '/');
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}
