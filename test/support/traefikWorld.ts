import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { parse } from 'yaml';
import { cliMachine } from './cliMachine';
import { until } from './until';

/** A real Traefik that reads the ingresses of a cluster, as that of k3d does. */
export class Traefik {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly log: () => Promise<string>,
  ) {}

  static async start(program: string, kubeconfig: string): Promise<Traefik> {
    const folder = await mkdtemp(join(tmpdir(), 'coppice-traefik-'));
    const port = await cliMachine.freePort();
    const { clusters, users } = parse(await readFile(kubeconfig, 'utf8')) as {
      clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
      users: { user: { token: string } }[];
    };
    const { server = '', 'certificate-authority-data': authority = '' } = clusters[0]?.cluster ?? {};
    const authorityFile = join(folder, 'authority.pem');
    await writeFile(authorityFile, Buffer.from(authority, 'base64'));
    const provider = Object.entries({
      endpoint: server,
      token: users[0]?.user.token ?? '',
      certauthfilepath: authorityFile,
      ingressclass: 'traefik',
    }).map(([key, value]) => `--providers.kubernetesingress.${key}=${value}`);
    return Traefik.#run(program, folder, port, provider);
  }

  /** One that reads what is attached to Gateways whose listener is at the port that this is told. @param api of an API server */
  static async startGateway(program: string, api: string): Promise<Traefik> {
    const folder = await mkdtemp(join(tmpdir(), 'coppice-traefik-'));
    const provider = [`--providers.kubernetesgateway.endpoint=${api}`, '--providers.kubernetesgateway.token=none'];
    return Traefik.#run(program, folder, await cliMachine.freePort(), provider);
  }

  static async #run(program: string, folder: string, port: number, provider: readonly string[]): Promise<Traefik> {
    const logFile = join(folder, 'log');
    const options = [`--entrypoints.web.address=127.0.0.1:${port}`, '--global.checknewversion=false'];
    const child = spawn(program, [...options, '--log.level=INFO', `--log.filepath=${logFile}`, ...provider], {
      cwd: folder,
      env: { HOME: folder },
      stdio: 'ignore',
    });
    const traefik = new Traefik(port, child, folder, () => readFile(logFile, 'utf8').catch(() => ''));
    await until(async () => (await traefik.get('nobody.localhost').catch(() => undefined))?.status === 404, 60_000);
    return traefik;
  }

  /** A request as a browser's, for whatever host. */
  async get(host: string, path = '/', init: { method?: string; headers?: Record<string, string> } = {}) {
    const answer = await this.open(host, path, init);
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
    return { status: answer.statusCode ?? 0, text };
  }

  /** The same, whose answer is not read yet. */
  open(
    host: string,
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: Iterable<Buffer> } = {},
  ): Promise<IncomingMessage> {
    const { body, headers = {}, method = 'GET' } = init;
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.port, path, method, headers: { ...headers, Host: host } });
      asked.once('response', resolve).once('error', reject);
      void (async () => {
        for (const chunk of body ?? [])
          if (!asked.write(chunk)) await new Promise((drained) => asked.once('drain', drained));
        asked.end();
      })();
    });
  }

  async dispose(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A service of an environment: it says who it is, and what it got. */
export class EchoService {
  readonly #server: Server;
  readonly #held = new Set<() => void>();
  readonly #sockets = new Set<Duplex>();
  port = 0;

  constructor(readonly name: string) {
    this.#server = createServer((message, answer) => {
      const { pathname } = new URL(message.url ?? '/', 'http://x');
      if (pathname.endsWith('/events')) {
        answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
        answer.write(`data: ${this.name}\n\n`);
        this.#held.add(() => answer.end('data: last\n\n'));
        return;
      }
      const hash = createHash('sha256');
      let bytes = 0;
      message.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        hash.update(chunk);
      });
      message.on('end', () => answer.end(JSON.stringify(this.#told(message, bytes, hash.digest('hex')))));
    });
    this.#server.on('upgrade', (message, socket) => {
      this.#sockets.add(socket);
      const key = message.headers['sec-websocket-key'] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`);
      socket.write(`Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
      // Every frame goes back with the service's name before it, as a text frame of its own.
      socket.on('data', (frame: Buffer) => socket.write(textFrame(`${this.name}: ${unmasked(frame)}`)));
      socket.on('error', () => undefined);
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.port = typeof address === 'object' && address ? address.port : 0;
    return this;
  }

  /** Lets streams of events end. */
  release(): void {
    for (const end of this.#held) end();
    this.#held.clear();
  }

  async dispose(): Promise<void> {
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #told({ url, headers, method }: IncomingMessage, bytes: number, sha256: string): Told {
    return { name: this.name, url: url ?? '', method: method ?? '', headers, bytes, sha256 };
  }
}

export interface Told {
  readonly name: string;
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  readonly sha256: string;
}

/** Of fewer than 126 bytes. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
}

function unmasked(frame: Buffer): string {
  const mask = frame.subarray(2, 6);
  return Buffer.from(frame.subarray(6).map((byte, index) => byte ^ (mask[index % 4] ?? 0))).toString();
}
