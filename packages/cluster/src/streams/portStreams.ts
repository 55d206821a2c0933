import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { toBuffer } from './spdy/toBuffer';
import { StatusError } from '../schema/statusError';

export const portForwardProtocols = ['v4.channel.k8s.io'] as const;

const highWaterBytes = 1 << 20;

/** The ports that are asked for, `?ports=80&ports=81` or `?ports=80,81`. Throws a StatusError of 400. */
export function requestedPorts(query: URLSearchParams): number[] {
  const texts = query.getAll('ports').flatMap((text) => text.split(','));
  if (texts.length === 0) throw StatusError.badRequest('query parameter "ports" is required');
  return texts.map((text) => {
    const port = Number(text);
    if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
    throw StatusError.badRequest(`query parameter "ports" has a port that is none: ${JSON.stringify(text)}`);
  });
}

/**
 * Speaks the port-forward protocol of the kubelet (k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go): for each port a
 * channel of data and one of errors, each beginning with the port's number in two bytes, the lower one first. One connection
 * a port; the WebSocket ends when the last of them does. Resolves then. Never rejects.
 */
export async function forwardPorts(
  socket: WebSocket,
  ports: readonly number[],
  connect: (port: number) => Promise<Duplex>,
): Promise<void> {
  const forwards = ports.map((port, index) => new Forward(socket, port, 2 * index));
  socket.on('message', (raw: RawData) => {
    const message = toBuffer(raw);
    const channel = message[0] ?? 1;
    if (channel % 2 === 0) forwards[channel / 2]?.receive(message.subarray(1));
  });
  await Promise.all(forwards.map((forward) => forward.run(connect)));
  socket.close(1000);
}

class Forward {
  /** What came before there was a connection. */
  private readonly waiting: Buffer[] = [];
  private target: Duplex | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly port: number,
    private readonly channel: number,
  ) {}

  receive(data: Buffer): void {
    if (data.length === 0) return;
    const { target, socket } = this;
    if (!target) this.waiting.push(data);
    else if (target.writable && !target.write(data)) {
      socket.pause();
      target.once('drain', () => socket.resume());
    }
  }

  async run(connect: (port: number) => Promise<Duplex>): Promise<void> {
    const number = Buffer.from([this.port & 255, this.port >> 8]);
    this.send(this.channel, number);
    this.send(this.channel + 1, number);
    try {
      await this.pump(await connect(this.port));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.send(this.channel + 1, Buffer.from(`error forwarding port ${this.port}: ${text}`));
    }
  }

  private async pump(target: Duplex): Promise<void> {
    const { socket } = this;
    this.target = target;
    const onGone = (): void => void target.destroy();
    socket.once('close', onGone);
    if (socket.readyState !== socket.OPEN) onGone();
    for (const data of this.waiting.splice(0)) this.receive(data);
    target.on('data', (data: Buffer) => {
      this.send(this.channel, data, () => {
        if (target.isPaused() && socket.bufferedAmount < highWaterBytes) target.resume();
      });
      if (socket.bufferedAmount >= highWaterBytes) target.pause();
    });
    let failure: Error | undefined;
    target.on('error', (error) => (failure ??= error));
    await new Promise<void>((resolve) => target.once('close', () => resolve()));
    socket.off('close', onGone);
    socket.resume();
    if (failure) throw failure;
  }

  private send(channel: number, data: Uint8Array, sent: () => void = () => undefined): void {
    if (this.socket.readyState !== this.socket.OPEN) return sent();
    this.socket.send(Buffer.concat([Uint8Array.of(channel), data]), { binary: true }, () => sent());
  }
}
