import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { toBuffer } from './toBuffer';
import { controlFrame, controlTypes, dataFrame, numberOf32, SpdyFrameReader, type SpdyFrame } from './spdyFrames';
import { SpdyHeaders } from './spdyHeaders';

/** As kubectl asks for a forward from 1.31 on: SPDY/3.1 in the messages of a WebSocket. */
export const tunneledForwardProtocol = 'SPDY/3.1+portforward.k8s.io';

const highWaterBytes = 1 << 20;
const protocolError = 1;

/** One forwarded connection: a stream of its data and one that says what went wrong. */
interface Forwarded {
  port: number;
  data?: number;
  error?: number;
  target?: Duplex;
  /** What came before there was a connection, and whether that was all. */
  waiting: Buffer[];
  hasEnded: boolean;
}

/**
 * Speaks the port-forward protocol of k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go: for each connection that the
 * client takes, two streams whose headers say port and request. Resolves when the WebSocket is closed. Never rejects.
 */
export function forwardTunneled(socket: WebSocket, connect: (port: number) => Promise<Duplex>): Promise<void> {
  return new TunneledForwards(socket, connect).run();
}

class TunneledForwards {
  private readonly headers = new SpdyHeaders();
  private readonly reader = new SpdyFrameReader();
  private readonly requests = new Map<string, Forwarded>();
  private readonly streams = new Map<number, Forwarded>();
  /** Frames are handled one after the other: what a header says comes before the data. */
  private handled: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    private readonly connect: (port: number) => Promise<Duplex>,
  ) {}

  run(): Promise<void> {
    const { socket } = this;
    socket.on('message', (raw: RawData) => {
      for (const frame of this.reader.read(toBuffer(raw))) {
        this.handled = this.handled.then(() => this.handle(frame)).catch(() => socket.close(1002));
      }
    });
    return new Promise((resolve) => {
      socket.once('close', () => {
        for (const { target } of this.streams.values()) target?.destroy();
        this.headers.close();
        resolve();
      });
    });
  }

  private async handle(frame: SpdyFrame): Promise<void> {
    if (frame.kind === 'data') return this.receive(frame.stream, frame.data, frame.isLast);
    const { type, payload, flags } = frame;
    if (type === controlTypes.synStream) {
      const stream = payload.readUInt32BE(0);
      await this.begin(stream, await this.headers.decode(payload.subarray(10)));
      if ((flags & 1) !== 0) this.receive(stream, Buffer.alloc(0), true);
    }
    if (type === controlTypes.rstStream) this.streams.get(payload.readUInt32BE(0))?.target?.destroy();
    if (type === controlTypes.ping && payload.readUInt32BE(0) % 2 === 1) this.send(controlFrame(type, payload));
  }

  private async begin(stream: number, headers: ReadonlyMap<string, string>): Promise<void> {
    const port = Number(headers.get('port'));
    const type = headers.get('streamtype');
    const isKnown = type === 'data' || type === 'error';
    if (!isKnown || !Number.isInteger(port) || port < 1 || port > 65_535) {
      this.send(controlFrame(controlTypes.rstStream, numberOf32(stream), numberOf32(protocolError)));
      return;
    }
    const id = headers.get('requestid') ?? String(port);
    const forwarded = this.requests.get(id) ?? { port, waiting: [], hasEnded: false };
    this.requests.set(id, forwarded);
    forwarded[type] = stream;
    this.streams.set(stream, forwarded);
    this.send(controlFrame(controlTypes.synReply, numberOf32(stream), await this.headers.none()));
    if (forwarded.data === undefined || forwarded.error === undefined) return;
    this.requests.delete(id);
    void this.forward(forwarded, forwarded.data, forwarded.error);
  }

  private receive(stream: number, data: Buffer, isLast: boolean): void {
    const forwarded = this.streams.get(stream);
    if (!forwarded || stream !== forwarded.data) return;
    const { target } = forwarded;
    if (!target) {
      forwarded.waiting.push(data);
      forwarded.hasEnded ||= isLast;
      return;
    }
    if (data.length > 0 && target.writable && !target.write(data)) {
      this.socket.pause();
      const goOn = (): void => {
        target.off('drain', goOn);
        target.off('close', goOn);
        this.socket.resume();
      };
      target.once('drain', goOn);
      target.once('close', goOn);
    }
    if (isLast) target.end();
  }

  /** Until both sides have ended. Never rejects. */
  private async forward(forwarded: Forwarded, data: number, error: number): Promise<void> {
    try {
      await this.pump(forwarded, data, await this.connect(forwarded.port));
    } catch (failure) {
      const text = failure instanceof Error ? failure.message : String(failure);
      this.send(dataFrame(error, Buffer.from(`error forwarding port ${forwarded.port}: ${text}`)));
    }
    this.send(dataFrame(data, Buffer.alloc(0), true));
    this.send(dataFrame(error, Buffer.alloc(0), true));
    this.streams.delete(data);
    this.streams.delete(error);
  }

  private async pump(forwarded: Forwarded, stream: number, target: Duplex): Promise<void> {
    const { socket } = this;
    forwarded.target = target;
    if (socket.readyState !== socket.OPEN) target.destroy();
    for (const data of forwarded.waiting.splice(0)) this.receive(stream, data, false);
    if (forwarded.hasEnded) target.end();
    target.on('data', (data: Buffer) => {
      this.send(dataFrame(stream, data), () => {
        if (target.isPaused() && socket.bufferedAmount < highWaterBytes) target.resume();
      });
      if (socket.bufferedAmount >= highWaterBytes) target.pause();
    });
    let failure: Error | undefined;
    target.on('error', (error) => (failure ??= error));
    await new Promise<void>((resolve) => target.once('close', () => resolve()));
    if (failure) throw failure;
  }

  private send(frame: Buffer, sent: () => void = () => undefined): void {
    if (this.socket.readyState !== this.socket.OPEN) return sent();
    this.socket.send(frame, { binary: true }, () => sent());
  }
}
