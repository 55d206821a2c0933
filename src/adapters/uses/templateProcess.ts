import type { ChildProcess } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { anyPort } from '@coppice/host/anyPort';
import { parseRecord } from '@coppice/host/parseRecord';
import { processStart } from '@coppice/host/processStart';
import { signalTree } from '@coppice/host/signalTree';
import { AppError } from '../../core/errors';
import type { TemplateServer } from '../../core/ports/usedTemplates';
import type { UsedPlace } from '../../core/usedTool';
import { launch } from '../exec/launch';
import { LineSplitter } from '../exec/lineSplitter';

const loopback = '127.0.0.1';
/** Names the process while it runs: who comes after a crash ends it. */
const processFile = 'process.json';
const pollMs = 25;
/** How long after its end what it printed last is waited for. */
const lastWordsMs = 200;
/** How long a process may take that was ended at once. */
const endMs = 10_000;
/** Of what it printed last. */
const toldLines = 20;

/** The server that runs while a template is made. */
export class TemplateProcess {
  readonly #lines: string[] = [];
  /** With which code it ended, or by which signal. */
  readonly #ended: Promise<string | number>;
  #end: string | number | undefined;

  private constructor(
    readonly ports: Readonly<Record<string, number>>,
    private readonly server: TemplateServer,
    private readonly place: UsedPlace,
    private readonly child: ChildProcess,
    private readonly name: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      const lines = new LineSplitter((line) => {
        if (this.#lines.push(line) > toldLines) this.#lines.shift();
      });
      stream?.on('data', (chunk: Buffer) => lines.add(chunk)).on('error', () => undefined);
    }
    this.#ended = new Promise((resolve) => {
      const settle = (code: number | null, signal: string | null): void => {
        this.#end = code ?? signal ?? 'unknown';
        resolve(this.#end);
      };
      // What it has started may outlive it, and holds what it was told to print to.
      child.once('exit', (code, signal) => setTimeout(() => settle(code, signal), lastWordsMs)).once('close', settle);
    });
  }

  static async start(
    server: TemplateServer,
    place: UsedPlace,
    inherited: Readonly<Record<string, string | undefined>>,
    signal: AbortSignal,
  ): Promise<TemplateProcess> {
    const ports: Record<string, number> = {};
    for (const name of server.ports) ports[name] = await anyPort(loopback);
    const { argv, env } = server.start(place, ports);
    const [file = '', ...rest] = argv;
    signal.throwIfAborted();
    const cwd = place.beside('.');
    const child = await launch(
      { file, argv: rest, cwd, env: { ...inherited, ...env } },
      ['ignore', 'pipe', 'pipe'],
      false,
    );
    const pid = child.pid ?? 0;
    const running = new TemplateProcess(ports, server, place, child, basename(file));
    try {
      await writeFile(place.beside(processFile), JSON.stringify({ pid, start: await processStart(pid) }));
      return running;
    } catch (error) {
      await running.kill();
      throw error;
    }
  }

  /** Ends what one that was cut off has left running in a folder. */
  static async endLeft(folder: string): Promise<void> {
    const said = parseRecord(await readFile(join(folder, processFile), 'utf8').catch(() => ''));
    const { pid, start } = said ?? {};
    if (typeof pid !== 'number' || typeof start !== 'string') return;
    const deadline = performance.now() + endMs;
    while ((await processStart(pid)) === start) {
      if (performance.now() > deadline)
        throw new AppError('conflict', `Process ${pid}, which an earlier create has left in ${folder}, does not end.`);
      signalTree(pid, 'SIGKILL');
      await delay(pollMs);
    }
  }

  async ready(signal: AbortSignal): Promise<void> {
    const { server, ports } = this;
    const port = ports[server.ports[0] ?? ''] ?? 0;
    const deadline = performance.now() + server.patienceMs;
    while (!(await accepts(port))) {
      if (this.#end !== undefined) throw this.#failure(`ended (${this.#end}) before it was ready`);
      if (performance.now() > deadline) throw this.#failure(`was not ready within ${server.patienceMs / 1000} s`);
      await delay(pollMs, undefined, { signal });
    }
  }

  /** Tells it to end, and waits until it has written down what it has. */
  async end(signal: AbortSignal): Promise<void> {
    const { child, server } = this;
    if (this.#end !== undefined) throw this.#failure(`ended (${this.#end}) by itself`);
    // It alone: what it has started ends with it.
    child.kill('SIGTERM');
    const waited = new AbortController();
    const late = delay(server.patienceMs, 'late' as const, { signal: AbortSignal.any([signal, waited.signal]) });
    try {
      const end = await Promise.race([this.#ended, late]);
      if (end === 'late') throw this.#failure(`did not end within ${server.patienceMs / 1000} s of being told to`);
      if (end !== 0) throw this.#failure(`did not end in order (${end})`);
    } finally {
      waited.abort();
      await late.catch(() => undefined);
    }
  }

  /** Ends it if it runs, and forgets it. */
  async kill(): Promise<void> {
    const { child, place } = this;
    if (child.pid !== undefined && this.#end === undefined) {
      signalTree(child.pid, 'SIGKILL');
      await this.#ended;
    }
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    await rm(place.beside(processFile), { force: true });
  }

  #failure(what: string): AppError {
    return new AppError('failed', `${this.name}, which runs for a template, ${what}.`, {
      explanation: this.#lines.join('\n'),
    });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: loopback });
    const settle = (accepted: boolean) => () => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', settle(true)).once('error', settle(false));
  });
}
