import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API server that agrees to everything and does nothing: whatever is asked of it is on record. */
export class RecordingApi {
  /** `GET /api/v1/namespaces`, in order. */
  readonly requests: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      this.requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] }));
    });
    // Whoever reaches into what runs asks for another protocol.
    server.on('upgrade', (request, socket) => {
      this.requests.push(`UPGRADE ${request.url ?? ''}`);
      socket.destroy();
    });
  }

  static async start(): Promise<RecordingApi> {
    const server = createServer();
    const api = new RecordingApi(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** All that may have changed something. */
  get changes(): string[] {
    return this.requests.filter(
      (request) => !request.startsWith('GET ') || /\/(exec|attach|portforward|proxy)/.test(request),
    );
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
