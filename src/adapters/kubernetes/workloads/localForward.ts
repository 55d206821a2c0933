import { createServer, type Server, type Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { AppError, isAbort, toAppError } from '../../../core/errors';
import { Emitter, type Event } from '../../../core/event';
import type { PortForward } from '../../../core/ports/workloads';
import { pumpConnection } from './forwardedConnection';
import type { KubeConnection } from '../connection/kubeConnection';
import { openPodPort } from './podPort';

const host = '127.0.0.1';

export interface LocalForwardRequest {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** 0: a free one. */
  readonly localPort: number;
  readonly keepsAlive: boolean;
}

/** A port of this machine that leads to whichever pod of a service is ready when somebody connects. */
export class LocalForward implements PortForward {
  readonly #failures = new Emitter<string>();
  readonly onDidFail: Event<string> = this.#failures.event;
  readonly #clients = new Set<Socket>();
  readonly #sockets = new Set<WebSocket>();
  readonly #stop = new AbortController();

  private constructor(
    private readonly connection: KubeConnection,
    private readonly request: LocalForwardRequest,
    private readonly server: Server,
    readonly localPort: number,
  ) {
    server.on('connection', (client: Socket) => void this.#serve(client));
    server.on('error', (error) => this.#failures.fire(error.message));
  }

  /** @throws invalidInput when the port is taken */
  static async listen(connection: KubeConnection, request: LocalForwardRequest): Promise<LocalForward> {
    // Paused: nothing of what a client sends may be lost before there is a pod to send it to.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const port = await new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(request.localPort, host, () => {
        server.removeListener('error', reject);
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : request.localPort);
      });
    }).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${code})`;
      throw new AppError('invalidInput', `The local port ${request.localPort} ${why}.`, { cause: error });
    });
    if (!request.keepsAlive) server.unref();
    return new LocalForward(connection, request, server, port);
  }

  get namespace(): string {
    return this.request.namespace;
  }

  get service(): string {
    return this.request.service;
  }

  get port(): number {
    return this.request.port;
  }

  dispose(): void {
    this.#stop.abort();
    this.server.close();
    for (const client of this.#clients) client.destroy();
    for (const socket of this.#sockets) socket.terminate();
    this.#failures.dispose();
  }

  /** Never rejects. */
  async #serve(client: Socket): Promise<void> {
    this.#clients.add(client);
    client.once('close', () => this.#clients.delete(client));
    client.on('error', () => client.destroy());
    client.setNoDelay(true);
    try {
      const socket = await openPodPort(this.connection, this.request, this.#stop.signal);
      if (client.destroyed) return socket.terminate();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      const problem = await pumpConnection(client, socket);
      if (problem !== undefined) this.#tell(problem);
    } catch (error) {
      client.destroy();
      if (!isAbort(error)) this.#tell(toAppError(error).message);
    }
  }

  #tell(problem: string): void {
    if (!this.#stop.signal.aborted) this.#failures.fire(problem);
  }
}
