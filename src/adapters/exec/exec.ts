import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { AppError } from '../../core/errors';
import { abortError } from './abort';
import { signalTree } from '@coppice/host/signalTree';
import { launch, type Launch } from './launch';
import { LineSplitter } from './lineSplitter';
import { OutputBuffer } from './outputBuffer';

export interface ProgramRequest extends Launch {
  /** Written to stdin, which is then closed; without it stdin is empty. */
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Hears each line of both streams as it comes, without its end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Of each stream. */
  readonly maxOutputBytes: number;
  /** What happens to more output than that: 'fail' (the default) ends the program, 'keepEnd' forgets the beginning. */
  readonly onOverflow?: 'fail' | 'keepEnd';
  /** Secrets: lines and `stderr` show `***` in their place. `stdout` is data and stays as it is. */
  readonly redact?: readonly string[];
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** 128 + the signal's number when a signal ended it. */
  readonly exitCode: number;
}

/** How long a program that was told to end may take before it is killed. */
const graceMs = 2000;
/** How long a pipe may stay silent after the program's end, when something that it started still holds it. */
const silenceMs = 1000;
/** What goes on printing there ends nothing: the program's end does. */
const lingerMs = 2000;

/**
 * Runs a program to its end. No shell. Any exit code is a result; what is none: missingTool, notFound (the folder), denied,
 * timeout, failed (too much output), and the AbortError of an aborted signal. When it rejects, the program and everything it
 * started in its process group has been ended.
 */
export async function exec(request: ProgramRequest, signal?: AbortSignal): Promise<ExecResult> {
  if (signal?.aborted) throw abortError(signal);
  const child = await launch(request, [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], false);
  return new Execution(request, child, signal).result;
}

class Execution {
  readonly result: Promise<ExecResult>;
  readonly #stdout: OutputBuffer;
  readonly #stderr: OutputBuffer;
  #failure: Error | undefined;

  constructor(
    private readonly request: ProgramRequest,
    private readonly child: ChildProcess,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#stdout = new OutputBuffer(request.maxOutputBytes, request.onOverflow ?? 'fail');
    this.#stderr = new OutputBuffer(request.maxOutputBytes, request.onOverflow ?? 'fail');
    this.result = this.#run();
  }

  async #run(): Promise<ExecResult> {
    const { child, request, signal } = this;
    const onAbort = (): void => {
      if (signal) this.#end(abortError(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    const timer =
      request.timeoutMs === undefined ? undefined : setTimeout(() => this.#end(this.#timeout()), request.timeoutMs);
    try {
      child.stdin?.on('error', () => undefined); // It ended without reading all of its input: its exit code tells.
      child.stdin?.end(request.input);
      const exitCode = await this.#exit();
      if (this.#failure) throw this.#failure;
      return {
        stdout: this.#stdout.text(),
        stderr: redacted(this.#stderr.text(), request.redact),
        exitCode,
      };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Resolves when the program has ended and its output is read. */
  #exit(): Promise<number> {
    return new Promise((resolve) => {
      const { child } = this;
      let exitCode: number | undefined;
      let silence: NodeJS.Timeout | undefined;
      let forced: NodeJS.Timeout | undefined;
      let lingering: NodeJS.Timeout | undefined;
      const finish = (): void => {
        clearTimeout(silence);
        clearTimeout(forced);
        clearTimeout(lingering);
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(exitCode ?? -1);
      };
      // When this process itself stood still, its timers come before what it has not read: that is read first.
      let pieces = 0;
      const afterReading = (then: (hasRead: boolean) => void): void => {
        const before = pieces;
        setImmediate(() => then(pieces > before));
      };
      const awaitSilence = (): void => {
        if (exitCode === undefined) return;
        clearTimeout(silence);
        if (this.#failure) silence = setTimeout(finish, 0);
        else silence = setTimeout(() => afterReading((hasRead) => (hasRead ? undefined : finish())), silenceMs);
      };
      const onData = (): void => {
        pieces++;
        awaitSilence();
      };
      this.#read('stdout', this.#stdout, onData);
      this.#read('stderr', this.#stderr, onData);
      this.#onEnd = () => {
        if (child.pid === undefined) return;
        const pid = child.pid;
        signalTree(pid, 'SIGTERM');
        forced = setTimeout(() => signalTree(pid, 'SIGKILL'), graceMs);
        awaitSilence();
      };
      if (this.#failure) this.#onEnd();
      child.once('exit', (code, signal) => {
        exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
        // Whoever of its group did not obey does not get the grace: the leader is gone.
        if (this.#failure && child.pid !== undefined) signalTree(child.pid, 'SIGKILL');
        awaitSilence();
        lingering = setTimeout(() => afterReading(finish), lingerMs);
      });
      child.once('close', finish);
    });
  }

  #onEnd: () => void = () => undefined;

  #end(failure: Error): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#onEnd();
  }

  #read(name: 'stdout' | 'stderr', buffer: OutputBuffer, onData: () => void): void {
    const { onLine, redact } = this.request;
    const lines = onLine && new LineSplitter((line) => onLine(redacted(line, redact), name));
    const stream = this.child[name];
    stream?.on('data', (chunk: Buffer) => {
      onData();
      if (this.#failure) return;
      if (!buffer.add(chunk)) this.#end(this.#tooMuch());
      lines?.add(chunk);
    });
    stream?.on('error', () => undefined);
    stream?.once('end', () => {
      if (!this.#failure) lines?.end();
    });
  }

  get #name(): string {
    return JSON.stringify(basename(this.request.file));
  }

  #timeout(): AppError {
    const seconds = (this.request.timeoutMs ?? 0) / 1000;
    return new AppError('timeout', `${this.#name} did not end within ${seconds} s and was stopped.`, {
      explanation: redacted(this.#stderr.text(), this.request.redact),
    });
  }

  #tooMuch(): AppError {
    return new AppError('failed', `${this.#name} printed more than ${this.request.maxOutputBytes} bytes.`);
  }
}

function redacted(text: string, secrets: readonly string[] | undefined): string {
  let shown = text;
  for (const secret of secrets ?? []) if (secret !== '') shown = shown.replaceAll(secret, '***');
  return shown;
}
