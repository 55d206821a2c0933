import type { Readable } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { forTerminal, LineDiscipline } from './lineDiscipline';
import type { ContainerProgram } from './podAccess';
import { StatusError } from '../schema/statusError';
import { toBuffer } from './spdy/toBuffer';

/** Newest first. v5 is v4 with a message that closes a channel. */
export const execProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const highWaterBytes = 1 << 20;

export interface ExecOptions {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** Which streams are wanted: the query of `…/exec` and `…/attach`. Throws a StatusError of 400 when none is. */
export function execOptions(query: URLSearchParams): ExecOptions {
  const isSet = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');
  const tty = isSet('tty');
  const options = { stdin: isSet('stdin'), stdout: isSet('stdout'), stderr: isSet('stderr') && !tty, tty };
  if (options.stdin || options.stdout || options.stderr) return options;
  throw StatusError.badRequest('you must specify at least 1 of stdin, stdout, stderr');
}

/**
 * Starts to speak Kubernetes' remote command protocol (k8s.io/apimachinery/pkg/util/remotecommand): messages whose first byte is a channel.
 *
 * 0 takes what the program reads, 1 and 2 have what it prints (with a terminal all is in 1), 3 has one Status in JSON, when it has ended:
 * Success, or Failure with its exit code as a cause; then the WebSocket is closed. A terminal's size, in 4, is not looked at. In v5 the
 * client says by 255 and a channel's number that it writes no more into that channel; in v4 its input ends with the connection only.
 */
export class ExecStreams {
  /** What came while the program was being started. */
  private waiting: Buffer[] = [];
  private receive: ((message: Buffer) => void) | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly options: ExecOptions,
  ) {
    socket.on('message', (raw: RawData) => {
      const message = toBuffer(raw);
      if (this.receive) this.receive(message);
      else this.waiting.push(message);
    });
  }

  /** Until the program has ended, or the client has gone: then the program is ended. Never rejects. */
  async run(program: ContainerProgram): Promise<void> {
    const { socket, options } = this;
    socket.once('close', () => program.hangUp());
    if (socket.readyState !== socket.OPEN) program.hangUp();
    this.print(program.stdout, channels.stdout, options.stdout);
    // In a terminal all output is one stream.
    this.print(program.stderr, options.tty ? channels.stdout : channels.stderr, options.tty || options.stderr);
    const type = this.inputOf(program);
    this.receive = (message) => {
      const [channel] = message;
      const data = message.subarray(1);
      if (channel === channels.stdin && data.length > 0) type(data);
      if (channel === channels.close && data[0] === channels.stdin && socket.protocol === execProtocols[0])
        program.stdin?.end();
    };
    for (const message of this.waiting.splice(0)) this.receive(message);
    this.finish(exitStatus(await program.ended));
  }

  /** Output that is no program's of ours. Resolves when more may come. */
  show(data: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.send(channels.stdout, data, resolve));
  }

  /** The client hears how it went, and the connection is over. */
  finish(status: object): void {
    this.send(channels.status, Buffer.from(JSON.stringify(status)));
    this.socket.close(1000);
  }

  private inputOf(program: ContainerProgram): (data: Buffer) => void {
    const { stdin } = program;
    if (!this.options.stdin || !stdin) return () => undefined;
    if (!this.options.tty)
      return (data) => {
        if (stdin.writableEnded || stdin.write(data)) return;
        this.socket.pause();
        stdin.once('drain', () => this.socket.resume());
        stdin.once('close', () => this.socket.resume());
      };
    const discipline = new LineDiscipline({
      write: (text) => {
        if (!stdin.writableEnded) stdin.write(text);
      },
      end: () => void stdin.end(),
      signal: (name) => program.signal(name),
      echo: (text) => this.send(channels.stdout, Buffer.from(text)),
    });
    return (data) => discipline.type(data);
  }

  private print(stream: Readable, channel: number, isWanted: boolean): void {
    if (!isWanted) {
      stream.resume();
      return;
    }
    stream.on('data', (data: Buffer) => {
      this.send(channel, this.options.tty ? forTerminal(data) : data, () => {
        if (stream.isPaused() && this.socket.bufferedAmount < highWaterBytes) stream.resume();
      });
      if (this.socket.bufferedAmount >= highWaterBytes) stream.pause();
    });
  }

  private send(channel: number, data: Uint8Array, sent: () => void = () => undefined): void {
    if (this.socket.readyState !== this.socket.OPEN) return sent();
    this.socket.send(Buffer.concat([Uint8Array.of(channel), data]), { binary: true }, () => sent());
  }
}

/** In the words of k8s.io/kubelet/pkg/cri/streaming/remotecommand. */
function exitStatus(exitCode: number): object {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

export function startFailed(error: unknown): object {
  const message = error instanceof Error ? error.message : String(error);
  return StatusError.internal(`error executing command in container: ${message}`).toStatus();
}
