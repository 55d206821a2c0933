import type { WebSocket, RawData } from 'ws';
import { AppError } from '../../../core/errors';
import type { Execution, ExecRequest, TerminalSize } from '../../../core/ports/workloads';
import { brokenConnection, openChannels, toBuffer } from '../connection/channelSocket';
import type { KubeConnection } from '../connection/kubeConnection';

export interface PodExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly exec: ExecRequest;
}

/** The part of Kubernetes' `Status` (meta/v1) that comes when the program has ended. */
interface EndStatus {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** Runs a program in a container. @throws AppError as in mapError; AbortError */
export async function execInPod(
  connection: KubeConnection,
  { namespace, pod, container, exec }: PodExecRequest,
  signal: AbortSignal | undefined,
): Promise<Execution> {
  const hasTerminal = exec.tty !== undefined;
  const query = {
    container,
    command: exec.command,
    stdin: String(exec.stdin),
    stdout: 'true',
    // In a terminal all output is one stream.
    stderr: String(!hasTerminal),
    tty: String(hasTerminal),
  };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  const attempt = { path, query, verb: 'run a program in', resource: `pod ${JSON.stringify(pod)}` };
  const execution = new PodExecution(await openChannels(connection, attempt, protocols, signal), pod, exec, signal);
  if (exec.tty) execution.resize(exec.tty);
  return execution;
}

class PodExecution implements Execution {
  readonly exited: Promise<number>;
  readonly #hasTerminal: boolean;
  #output: Promise<void> = Promise.resolve();
  #status: EndStatus | undefined;
  #isEnded = false;

  constructor(
    private readonly socket: WebSocket,
    readonly pod: string,
    private readonly request: ExecRequest,
    signal: AbortSignal | undefined,
  ) {
    this.#hasTerminal = request.tty !== undefined;
    socket.on('message', (data: RawData) => this.#receive(data));
    const onAbort = (): void => this.dispose();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.exited = this.#awaitEnd().finally(() => signal?.removeEventListener('abort', onAbort));
    // Who only wants it to run need not look at how it ended.
    this.exited.catch(() => undefined);
    socket.resume();
    if (signal?.aborted) this.dispose();
  }

  write(data: Uint8Array): Promise<void> {
    if (!this.request.stdin || data.length === 0) return Promise.resolve();
    return this.#send(channels.stdin, data);
  }

  endInput(): void {
    if (this.#hasTerminal) void this.#send(channels.stdin, Uint8Array.of(4));
    else if (this.socket.protocol === protocols[0]) void this.#send(channels.close, Uint8Array.of(channels.stdin));
    else
      throw new AppError('failed', 'This cluster cannot tell the program that its input is over.', {
        explanation: `It speaks ${this.socket.protocol}, which has no word for it; Kubernetes 1.30 and newer have.`,
      });
  }

  resize({ columns, rows }: TerminalSize): void {
    if (this.#hasTerminal) {
      const size = JSON.stringify({ Width: columns, Height: rows });
      void this.#send(channels.resize, Buffer.from(size));
    }
  }

  dispose(): void {
    this.#isEnded = true;
    this.socket.terminate();
  }

  #send(channel: number, data: Uint8Array): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return Promise.resolve();
    return new Promise((resolve) => {
      // An error of a connection that broke is told by `exited`.
      this.socket.send(Buffer.concat([Uint8Array.of(channel), data]), { binary: true }, () => resolve());
    });
  }

  #receive(raw: RawData): void {
    const message = toBuffer(raw);
    const channel = message[0];
    const data = message.subarray(1);
    // The server greets with an empty message on each channel.
    if (data.length === 0) return;
    if (channel === channels.status) this.#status = parseStatus(data);
    else if (channel === channels.stdout) this.#print(data, 'stdout');
    else if (channel === channels.stderr) this.#print(data, 'stderr');
  }

  /** In order, and no faster than it is taken: a full pipe slows the program down. */
  #print(data: Uint8Array, stream: 'stdout' | 'stderr'): void {
    this.#output = this.#output.then(async () => {
      const taken = this.request.onOutput(data, stream);
      if (!taken) return;
      this.socket.pause();
      await taken.catch(() => undefined);
      this.socket.resume();
    });
  }

  async #awaitEnd(): Promise<number> {
    const failure = await new Promise<unknown>((resolve) => {
      let error: unknown;
      this.socket.on('error', (one) => (error ??= one));
      this.socket.once('close', () => resolve(error));
      // Once the status is there, nothing more comes: some servers leave it to the client to hang up.
      this.socket.on('message', () => {
        if (this.#status) this.socket.close();
      });
    });
    await this.#output;
    if (this.#status) return exitCodeOf(this.#status, this.request.command[0] ?? '');
    if (this.#isEnded) throw new DOMException('The program was ended.', 'AbortError');
    throw brokenConnection(`"${this.request.command[0] ?? ''}" ran in pod ${this.pod}`, failure);
  }
}

/** @throws failed when the program did not even start */
function exitCodeOf({ status, message, details }: EndStatus, program: string): number {
  if (status === 'Success') return 0;
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code !== undefined && /^\d+$/.test(code)) return Number(code);
  throw new AppError('failed', `The program "${program}" could not be run in the container.`, {
    ...(message ? { explanation: message } : {}),
  });
}

function parseStatus(data: Uint8Array): EndStatus {
  const text = Buffer.from(data).toString('utf8');
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : { message: text };
  } catch {
    return { message: text };
  }
}
