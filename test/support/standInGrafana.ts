import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** How it answers: as one that may be framed by anybody, forbids frames, or wants a login first. */
export type GrafanaMode = 'open' | 'refusesFrames' | 'wantsLogin' | 'lacksDashboard' | 'sick';

const uid = 'coppice-environment';

/**
 * As much of Grafana's documented HTTP API as a dashboard asks of it, for tests only: health, a dashboard by its uid, and
 * the page of one panel, which says what it was asked for. It draws nothing.
 */
export class StandInGrafana {
  mode: GrafanaMode = 'open';
  /** Paths with their query, in order. */
  readonly asked: string[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  /** On loopback; a second start takes the port of the first. */
  async start(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Addresses of the panels that were loaded, in order. */
  get panels(): URL[] {
    return this.asked.filter((path) => path.startsWith('/d-solo/')).map((path) => new URL(path, this.address));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.address);
    // What a check asks for is told from what a browser loads by what the browser says of itself.
    if (request.headers['sec-fetch-dest'] === 'iframe') this.asked.push(url.pathname + url.search);
    if (this.mode === 'refusesFrames') response.setHeader('X-Frame-Options', 'deny');
    if (url.pathname === '/api/health') return json(response, this.#isSick ? 503 : 200, this.#health());
    if (this.mode === 'wantsLogin') {
      if (url.pathname.startsWith('/api/')) return json(response, 401, { message: 'Unauthorized' });
      return void response.writeHead(302, { Location: '/login' }).end();
    }
    if (url.pathname === `/api/dashboards/uid/${uid}`) {
      if (this.mode === 'lacksDashboard') return json(response, 404, { message: 'Dashboard not found' });
      return json(response, 200, { meta: { slug: 'environment' }, dashboard: { uid } });
    }
    if (url.pathname.startsWith(`/d-solo/${uid}/`)) {
      const shown = ['panelId', 'var-namespace', 'from', 'to', 'refresh', 'theme'].map(
        (name) => `<dt>${name}</dt><dd>${escaped(url.searchParams.get(name) ?? '')}</dd>`,
      );
      const colours = url.searchParams.get('theme') === 'light' ? '#fff;color:#222' : '#181b1f;color:#ddd';
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
      return void response.end(
        `<!DOCTYPE html><title>panel</title><body style="font:13px sans-serif;background:${colours}"><dl>${shown.join('')}</dl>`,
      );
    }
    json(response, 404, { message: 'Not found' });
  }

  get #isSick(): boolean {
    return this.mode === 'sick';
  }

  #health(): object {
    return { commit: 'stand-in', database: this.#isSick ? 'failing' : 'ok', version: '12.0.0' };
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (found) => `&#${found.codePointAt(0)};`);
}
