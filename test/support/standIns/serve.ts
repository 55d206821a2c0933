import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer, connect } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** IP of who asks. */
  readonly from: string;
}

export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
}

export const notFound: Said = { status: 404, body: { message: 'Not found' } };

/** @param endpoint host:port, as the parts' configurations say it */
export function serve(endpoint: string, answer: (asked: Asked) => Said | Promise<Said>): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://here');
      const { method = 'GET', headers, socket } = request;
      const from = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
      const asked = { method, path, query, headers, from, text: Buffer.concat(chunks).toString('utf8') };
      void Promise.resolve(asked)
        .then(answer)
        .catch((error: unknown): Said => ({ status: 503, body: String(error) }))
        .then(({ status = 200, headers: more = {}, body }) => {
          const isText = typeof body === 'string';
          response.writeHead(status, { 'Content-Type': isText ? 'text/plain' : 'application/json', ...more });
          response.end(isText || body === undefined ? body : JSON.stringify(body));
        });
    });
  });
  server.listen(addressOf(endpoint));
}

/** Takes connections and says nothing. */
export function serveTcp(endpoint: string): void {
  createTcpServer((socket) => socket.on('error', () => undefined)).listen(addressOf(endpoint));
}

/** Rejects when nobody takes the connection. */
export function reachTcp(endpoint: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...addressOf(endpoint), timeout: 3000 }, () => {
      socket.destroy();
      resolve();
    });
    socket.on('timeout', () => socket.destroy(new Error(`${endpoint} does not answer`)));
    socket.on('error', reject);
  });
}

/** Rejects when the answer is no 2xx. */
export async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: HTTP status ${answer.status}: ${await answer.text()}`);
}

/** @throws when it is no host:port */
export function addressOf(endpoint: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(.+):(\d+)$/.exec(endpoint) ?? [];
  if (host === undefined) throw new Error(`${endpoint} is no host:port`);
  return { host, port: Number(port) };
}
