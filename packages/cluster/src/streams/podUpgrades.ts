import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { containerOf } from './containerOf';
import { ExecStreams, execOptions, execProtocols, startFailed, type ExecOptions } from './execStreams';
import { textAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import type { PodAccess } from './podAccess';
import type { PodLogs, PodLogSource } from './podLogs';
import { forwardPorts, portForwardProtocols, requestedPorts } from './portStreams';
import type { ResourceRequest } from '../schema/requestPath';
import { resourceOfKind } from '../schema/resources';
import { forwardTunneled, tunneledForwardProtocol } from './spdy/tunneledForwards';
import { StatusError } from '../schema/statusError';

export interface UpgradeContext {
  objects: ObjectStore;
  logs: PodLogs;
  /** Without it nobody gets into a pod. */
  access: PodAccess | undefined;
  onError(error: unknown): void;
}

/** What is done once the connection speaks WebSocket. */
export interface Accepted {
  protocols: readonly string[];
  begin(socket: WebSocket): Promise<void>;
}

/** The connections into pods: `exec`, `attach` and `portforward`, over WebSocket. */
export class PodUpgrades {
  private readonly sockets = new Set<WebSocket>();

  constructor(private readonly context: UpgradeContext) {}

  /** @throws StatusError where both sides speak no protocol in common */
  begin({ protocols, begin }: Accepted, request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const offered = offeredProtocols(request);
    const protocol = protocols.find((name) => offered.includes(name));
    if (protocol === undefined) {
      throw StatusError.badRequest(
        `unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server accepts ${JSON.stringify(protocols)}`,
      );
    }
    // The name of the tunnel has a slash, which ws takes for no name of a protocol.
    const isTunnel = protocol === tunneledForwardProtocol;
    if (isTunnel) delete request.headers['sec-websocket-protocol'];
    const handshake = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      handleProtocols: () => protocol,
    });
    if (isTunnel) handshake.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
    handshake.handleUpgrade(request, connection, head, (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      socket.on('error', () => socket.terminate());
      begin(socket).catch((error: unknown) => {
        this.context.onError(error);
        socket.terminate();
      });
    });
  }

  /** Ends all connections, and with them the programs that were started through them. */
  close(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  /**
   * What is asked for of a pod by somebody who may.
   *
   * @throws StatusError where there is no such pod, or nothing of it to be had
   */
  accept(asked: ResourceRequest, query: URLSearchParams, request: IncomingMessage): Accepted {
    const { objects, access } = this.context;
    const { resource, namespace = '', name = '', subresource } = asked;
    if (resource.plural !== 'pods' || !/^(exec|attach|portforward)$/.test(subresource ?? ''))
      throw StatusError.noSuchResource();
    const pod = objects.get('Pod', namespace, name);
    if (!pod) throw StatusError.notFound(resourceOfKind('Pod'), name);
    if (!access) throw new StatusError(501, 'NotImplemented', 'there is no way into pods here');
    // First what is wrong with the pod: kubectl asks again over SPDY when it is refused, and shows only that second answer.
    verifyRunning(pod);
    const { upgrade } = request.headers;
    if (subresource === 'portforward') {
      verifyWebSocket(subresource, upgrade);
      const uid = pod.metadata.uid ?? '';
      const connect = (port: number): Promise<Duplex> => access.connect(uid, port);
      if (offeredProtocols(request).includes(tunneledForwardProtocol)) {
        return { protocols: [tunneledForwardProtocol], begin: (socket) => forwardTunneled(socket, connect) };
      }
      const ports = requestedPorts(query);
      return { protocols: portForwardProtocols, begin: (socket) => forwardPorts(socket, ports, connect) };
    }
    const options = execOptions(query);
    const container = containerOf(pod, query.get('container') ?? '');
    verifyWebSocket(subresource ?? '', upgrade);
    const source = { namespace, name, uid: pod.metadata.uid ?? '', container };
    if (subresource === 'attach') {
      return {
        protocols: execProtocols,
        begin: (socket) => this.attach(new ExecStreams(socket, options), source, socket),
      };
    }
    const command = query.getAll('command');
    if (command.length === 0) throw StatusError.badRequest('you must specify at least one command for the container');
    return { protocols: execProtocols, begin: (socket) => exec(access, socket, { source, command, options }) };
  }

  /** What the container prints from now on, both its streams as one. Its input is nobody's. */
  private async attach(streams: ExecStreams, source: PodLogSource, socket: WebSocket): Promise<void> {
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    const follow = { follow: true, previous: false, timestamps: false, tailLines: 0 };
    for await (const chunk of this.context.logs.read(source, follow, gone.signal)) await streams.show(chunk);
    streams.finish({ metadata: {}, status: 'Success' });
  }
}

async function exec(
  access: PodAccess,
  socket: WebSocket,
  { source, command, options }: { source: PodLogSource; command: readonly string[]; options: ExecOptions },
): Promise<void> {
  const streams = new ExecStreams(socket, options);
  try {
    await streams.run(await access.start(source, command, options));
  } catch (error) {
    streams.finish(startFailed(error));
  }
}

function verifyWebSocket(subresource: string, upgrade: string | undefined): void {
  if (upgrade?.toLowerCase() === 'websocket') return;
  const instead = subresource === 'portforward' ? ', or use "coppice forward"' : '';
  throw new StatusError(
    501,
    'NotImplemented',
    `the embedded cluster speaks ${subresource} over WebSocket, not over ${upgrade ?? ''}: kubectl does so from 1.31 on${instead}`,
  );
}

function offeredProtocols(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

function verifyRunning(pod: KubeObject): void {
  const phase = textAt(pod, 'status', 'phase') ?? 'Pending';
  if (phase === 'Running') return;
  if (phase === 'Succeeded' || phase === 'Failed') {
    throw StatusError.badRequest(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
  throw StatusError.badRequest(
    `pod ${pod.metadata.name} does not have a host assigned, or none of its containers runs`,
  );
}
