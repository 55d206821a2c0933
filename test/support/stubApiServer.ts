import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface StubObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    resourceVersion?: string;
  };
  readonly [field: string]: unknown;
}

interface OpenWatch {
  readonly path: string;
  readonly response: ServerResponse;
}

/** Answers instead of the server: a status, or nothing at all. */
export type Fault = (request: { readonly path: string; readonly isWatch: boolean }) => number | 'silence' | undefined;

/** Lists and watches as the Kubernetes API serves them, over plain HTTP, with every fault that a test wants. */
export class StubApiServer {
  /** Requests since the start, by path. */
  readonly lists = new Map<string, number>();
  readonly watches = new Map<string, number>();
  /** Queries of all requests, in order. */
  readonly queries: URLSearchParams[] = [];
  readonly authorizations: (string | undefined)[] = [];
  fault: Fault = () => undefined;
  /** What is answered at a path instead of a list. */
  readonly documents = new Map<string, () => string>();
  /** Watches from a version before this one are told 410, in the stream as Kubernetes does. */
  oldestVersion = 0;
  /** Watches are closed as soon as they are open. */
  closesWatches = false;
  /** A token other than this is refused. */
  token: string | undefined;
  readonly #objects = new Map<string, Map<string, StubObject>>();
  readonly #history: { readonly version: number; readonly path: string; readonly line: string }[] = [];
  readonly #open = new Set<OpenWatch>();
  readonly #sockets = new Set<Socket>();
  #version = 100;
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get version(): number {
    return this.#version;
  }

  get openWatches(): number {
    return this.#open.size;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  kubeconfig(token = 'secret'): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'stub', cluster: { server: this.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'stub', user: { token } }],
      contexts: [{ name: 'stub', context: { cluster: 'stub', user: 'stub' } }],
    });
  }

  /** On the same port as before, if there was one. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** As if its process had been killed. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  put(path: string, object: StubObject): void {
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const objects = this.#of(path);
    const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
    const stored = { ...object, metadata: { uid: key, ...object.metadata, resourceVersion: String(++this.#version) } };
    objects.set(key, stored);
    this.#tell(path, { type, object: stored });
  }

  delete(path: string, name: string, namespace = ''): void {
    const key = `${namespace}/${name}`;
    const object = this.#of(path).get(key);
    if (!object) throw new Error(`The stub has no ${key} at ${path}.`);
    this.#of(path).delete(key);
    this.#tell(path, {
      type: 'DELETED',
      object: { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } },
    });
  }

  bookmark(): void {
    const object = { metadata: { resourceVersion: String(this.#version) } };
    for (const watch of this.#open) watch.response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  /** Resets the connections of all watches (RST). */
  resetWatches(): void {
    for (const { response } of this.#open) response.socket?.resetAndDestroy();
  }

  /** Sends the rest of nothing: the watches of now stay open and never hear anything again. */
  forgetWatches(): void {
    this.#open.clear();
  }

  /** Sends an error in the streams of all watches, as Kubernetes does. */
  sendError(code: number): void {
    const line = errorLine(code);
    for (const watch of this.#open) watch.response.write(line);
  }

  #of(path: string): Map<string, StubObject> {
    let objects = this.#objects.get(path);
    if (!objects) this.#objects.set(path, (objects = new Map<string, StubObject>()));
    return objects;
  }

  #tell(path: string, event: unknown): void {
    const line = `${JSON.stringify(event)}\n`;
    this.#history.push({ version: this.#version, path, line });
    for (const watch of this.#open) if (watch.path === path) watch.response.write(line);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', this.url);
    const isWatch = query.get('watch') === 'true';
    const counts = isWatch ? this.watches : this.lists;
    counts.set(path, (counts.get(path) ?? 0) + 1);
    this.queries.push(query);
    this.authorizations.push(request.headers.authorization);
    const fault = this.fault({ path, isWatch });
    if (fault === 'silence') return;
    const isKnown = this.token === undefined || request.headers.authorization === `Bearer ${this.token}`;
    const status = isKnown ? fault : 401;
    if (status !== undefined) {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', code: status, message: `stub says ${status}` }));
      return;
    }
    const document = this.documents.get(path);
    if (document) {
      response.writeHead(200).end(document());
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    if (isWatch) this.#watch(path, Number(query.get('resourceVersion')), response);
    else
      response.end(
        JSON.stringify({ items: [...this.#of(path).values()], metadata: { resourceVersion: String(this.#version) } }),
      );
  }

  #watch(path: string, from: number, response: ServerResponse): void {
    response.flushHeaders();
    if (from < this.oldestVersion) {
      response.end(errorLine(410));
      return;
    }
    for (const past of this.#history) if (past.path === path && past.version > from) response.write(past.line);
    if (this.closesWatches) {
      response.end();
      return;
    }
    const watch = { path, response };
    this.#open.add(watch);
    response.once('close', () => this.#open.delete(watch));
  }
}

function errorLine(code: number): string {
  return `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code, message: `stub says ${code}` } })}\n`;
}
