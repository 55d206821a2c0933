import { createServer, type Server, type Socket } from 'node:net';
import { numberAt, recordsAt, textAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { serviceVariables, type ReachablePort } from './serviceVariables';
import type { Backends } from './backends';
import type { FreePorts } from './freePort';
import { connectLoopback } from './loopback';

interface Listener {
  port: number;
  server: Server;
  sockets: Set<Socket>;
}

export interface ServiceProxyParts {
  objects: ObjectStore;
  backends: Backends;
  free: FreePorts;
  /** Ports of earlier, by `<namespace>/<service>/<port>`, kept so that addresses survive a restart. Changed in place. */
  remembered: Map<string, number>;
  onRemembered(): void;
  log(message: string): void;
}

/** A listener on loopback for every TCP port of every service: it hands connections to the ready pods in turn. */
export class ServiceProxy {
  private readonly listeners = new Map<string, Promise<Listener | undefined>>();
  private unsubscribe: (() => void) | undefined;
  private closed = false;

  constructor(private readonly parts: ServiceProxyParts) {}

  /** Listens for the services that there are, and for those to come. */
  async start(): Promise<void> {
    const { objects } = this.parts;
    this.unsubscribe = objects.subscribe(({ kind, type, object }) => {
      if (kind !== 'Service') return;
      if (type === 'DELETED') void this.dropAll(object, new Set());
      else void this.open(object);
    });
    await Promise.all(objects.list('Service').items.map((service) => this.open(service)));
  }

  /** Where the services of a namespace are, as variables for its pods. */
  async variablesOf(namespace: string): Promise<Map<string, string>> {
    const result = new Map<string, string>();
    for (const service of this.parts.objects.list('Service', namespace).items) {
      for (const [name, value] of serviceVariables(service.metadata.name, await this.open(service))) {
        result.set(name, value);
      }
    }
    return result;
  }

  /** Where it listens for the services of a namespace. */
  async portsOf(namespace: string): Promise<number[]> {
    const own = [...this.listeners].filter(([key]) => key.startsWith(`${namespace}/`));
    return (await Promise.all(own.map(([, opening]) => opening))).flatMap((listener) => listener?.port ?? []);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.unsubscribe?.();
    for (const key of [...this.listeners.keys()]) await this.drop(key, false);
  }

  private async open(service: KubeObject): Promise<ReachablePort[]> {
    const ports: ReachablePort[] = [];
    if (this.closed || !isProxied(service)) return ports;
    const wanted = new Set<string>();
    for (const entry of recordsAt(service, 'spec', 'ports')) {
      const port = numberAt(entry, 'port');
      const protocol = textAt(entry, 'protocol') ?? 'TCP';
      if (port === undefined || protocol !== 'TCP') continue;
      const key = keyOf(service, port);
      wanted.add(key);
      let opening = this.listeners.get(key);
      if (!opening) {
        opening = this.listen(service, port, key);
        this.listeners.set(key, opening);
      }
      const listener = await opening;
      if (listener) ports.push({ name: textAt(entry, 'name'), listenPort: listener.port });
    }
    await this.dropAll(service, wanted);
    return ports;
  }

  private async listen(service: KubeObject, servicePort: number, key: string): Promise<Listener | undefined> {
    const { free, remembered, log } = this.parts;
    const { namespace = 'default', name } = service.metadata;
    try {
      const before = remembered.get(key);
      const port = before !== undefined && (await free.takeThis(before)) ? before : await free.take();
      const sockets = new Set<Socket>();
      const server = createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        void this.connect(socket, namespace, name, servicePort);
      });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
      });
      server.on('error', (error) => log(`service ${key}: ${error.message}`));
      if (before !== port) {
        remembered.set(key, port);
        this.parts.onRemembered();
      }
      return { port, server, sockets };
    } catch (error) {
      log(`no listener for service ${key}: ${String(error)}`);
      this.listeners.delete(key);
      return undefined;
    }
  }

  /** A service without a ready pod refuses: the client sees a reset, as with a real service proxy. */
  private async connect(client: Socket, namespace: string, service: string, port: number): Promise<void> {
    client.on('error', () => undefined);
    const tries = this.parts.backends.of(namespace, service, port).length;
    for (let i = 0; i < tries; i++) {
      const backend = this.parts.backends.next(namespace, service, port);
      const target = backend && (await connectLoopback(backend.port).catch(() => undefined));
      if (!target) continue;
      target.on('error', () => client.destroy());
      client.on('close', () => target.destroy());
      target.on('close', () => client.destroySoon());
      client.pipe(target);
      target.pipe(client);
      return;
    }
    client.resetAndDestroy();
  }

  private async dropAll(service: KubeObject, except: ReadonlySet<string>): Promise<void> {
    const prefix = `${service.metadata.namespace}/${service.metadata.name}/`;
    for (const key of [...this.listeners.keys()]) {
      if (key.startsWith(prefix) && !except.has(key)) await this.drop(key, true);
    }
  }

  private async drop(key: string, forget: boolean): Promise<void> {
    const opening = this.listeners.get(key);
    this.listeners.delete(key);
    if (forget && this.parts.remembered.delete(key)) this.parts.onRemembered();
    const listener = await opening;
    if (!listener) return;
    listener.server.close();
    for (const socket of listener.sockets) socket.destroy();
    this.parts.free.release(listener.port);
  }
}

function keyOf(service: KubeObject, port: number): string {
  return `${service.metadata.namespace ?? 'default'}/${service.metadata.name}/${port}`;
}

function isProxied(service: KubeObject): boolean {
  const type = textAt(service, 'spec', 'type') ?? 'ClusterIP';
  return type !== 'ExternalName' && textAt(service, 'spec', 'clusterIP') !== 'None';
}
