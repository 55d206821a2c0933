import { isLoopback } from '@coppice/host/isLoopback';
import { isPortFree } from '@coppice/host/isPortFree';
import { parseRecord } from '@coppice/host/parseRecord';
import { signalTree } from '@coppice/host/signalTree';
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, statSync, truncateSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ProcessWatch } from '../process/processWatch';
import { temporalFiles, type WantedTemporal } from '../contract';
import { writeLastEnd } from '../state/lastEnd';
import { pagesPort } from './pagesPort';
import { RestartPause } from './restartPause';

/** How often it is looked whether a server is wanted. */
const LOOK_MS = 1_000;
/** As long as it has to write down what it knows. */
const GRACE_MS = 10_000;
const LOG_BYTES = 5 * 1024 * 1024;
const TAIL_BYTES = 2_000;

interface Parts {
  /** COPPICE_HOME. */
  home: string;
  watch: Pick<ProcessWatch, 'add' | 'remove'>;
  log(message: string): void;
}

interface Running {
  child: ChildProcess;
  wanted: string;
  /** Where what it says begins in its log. */
  from: number;
}

/**
 * Runs Temporal's development server as long as one is wanted, and starts it again when it dies: the workers of all environments need
 * it. It ends with the cluster; what it knows is in its file.
 *
 * @returns what ends it. Never rejects
 */
export function keepTemporal({ home, watch, log }: Parts): () => Promise<void> {
  const folder = join(home, temporalFiles.folder);
  const logFile = join(folder, temporalFiles.log);
  const lastEndFile = join(folder, temporalFiles.lastEnd);
  const pause = new RestartPause();
  let running: Running | undefined;
  let notBefore = 0;
  let tried: string | undefined;
  let isOver = false;
  let looking: Promise<void> | undefined;
  let isTold = false;

  const look = async (): Promise<void> => {
    const text = await readText(join(folder, temporalFiles.wanted));
    // What nobody can read says nothing: what works is left to work.
    if (text === undefined || (text !== '' && recordIn(text) === undefined)) {
      if (!isTold)
        log(
          `Temporal: ${temporalFiles.wanted} cannot be read; ${running ? 'its server is left running' : 'none is started'}`,
        );
      isTold = true;
      return;
    }
    isTold = false;
    const wanted = parseWanted(text);
    if (running && running.wanted !== text) await end(running);
    if (running && (statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) {
      truncateSync(logFile, 0);
      running.from = 0;
    }
    if (isOver || running || !wanted?.isOurs) return;
    // Another wish is another try.
    if (text === tried && performance.now() < notBefore) return;
    tried = text;
    if (!(await isPortFree(wanted.port, { hosts: [wanted.host] }))) {
      notBefore = performance.now() + pause.after(0);
      return tellEnd(`another program listens on port ${wanted.port} of ${wanted.host}`);
    }
    const pages = await pagesPort(folder, wanted);
    if (!isOver) await start(wanted, text, pages);
  };
  const tellEnd = (reason: string): void => {
    log(`Temporal: ${reason}`);
    writeLastEnd(lastEndFile, { at: new Date().toISOString(), pid: process.pid, reason });
  };

  async function start(wanted: WantedTemporal, text: string, pages: number): Promise<void> {
    await rm(lastEndFile, { force: true });
    const output = openSync(logFile, 'a', 0o600);
    if (statSync(logFile).size > LOG_BYTES) truncateSync(logFile, 0);
    const { size: from } = statSync(logFile);
    let child: ChildProcess;
    try {
      child = spawn(wanted.program, argvOf(wanted, pages, join(folder, temporalFiles.data)), {
        cwd: folder,
        env: environmentOf(process.env, folder),
        detached: process.platform !== 'win32',
        windowsHide: true,
        stdio: ['ignore', output, output],
      });
    } finally {
      closeSync(output);
    }
    const { pid } = child;
    if (pid !== undefined) watch.add(pid);
    log(`Temporal: starting ${wanted.program} on port ${wanted.port}`);
    const since = performance.now();
    const settle = (how: string): void => {
      // What was told to end has done what it was told.
      if (running?.child !== child) return;
      const { from: begin } = running;
      running = undefined;
      if (pid !== undefined) watch.remove(pid);
      notBefore = performance.now() + pause.after(performance.now() - since);
      void tailOf(logFile, begin).then((said) => tellEnd(`it ${how}${said === '' ? '' : `: ${said}`}`));
    };
    child.once('error', (error) => settle(`cannot be started (${error.message})`));
    child.once('exit', (code, signal) => settle(signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
    running = { child, wanted: text, from };
  }

  async function end(one: Running): Promise<void> {
    const { child } = one;
    running = undefined;
    const { pid } = child;
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    signalTree(pid, 'SIGTERM');
    const timer = setTimeout(() => signalTree(pid, 'SIGKILL'), GRACE_MS);
    await gone;
    clearTimeout(timer);
    watch.remove(pid);
  }

  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => log(`Temporal: ${String(error)}`))
      .finally(() => (looking = undefined));
  }, LOOK_MS);
  timer.unref();

  return async () => {
    isOver = true;
    clearInterval(timer);
    await looking;
    if (running) await end(running);
  };
}

/** '': there is none; undefined: it cannot be read, or has lost what was in it. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')) || undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? '' : undefined;
  }
}

/** undefined: it is no such record at all. */
function recordIn(text: string): WantedTemporal | undefined {
  const { program, host, port, isOurs } = parseRecord(text) ?? {};
  if (typeof program !== 'string' || typeof host !== 'string' || typeof port !== 'number') return undefined;
  return { program, host, port, isOurs: isOurs === true };
}

function parseWanted(text: string): WantedTemporal | undefined {
  const wanted = recordIn(text);
  // What has no password is for this machine alone.
  if (!wanted || !isAbsolute(wanted.program) || !isLoopback(wanted.host)) return undefined;
  const { port } = wanted;
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? wanted : undefined;
}

function argvOf({ host, port }: WantedTemporal, pages: number, data: string): string[] {
  return [
    ...['server', 'start-dev', '--ip', host, '--port', String(port)],
    ...['--ui-ip', host, '--ui-port', String(pages)],
    ...['--db-filename', data, '--log-level', 'error'],
  ];
}

/** Temporal reads variables and files of the person's own, which mean other servers. */
function environmentOf(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(?:TEMPORAL_|COPPICE_|XDG_CONFIG_HOME$)/i.test(name));
  return { ...Object.fromEntries(kept), HOME: home };
}

async function tailOf(path: string, from: number): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } catch {
    return '';
  } finally {
    await file.close();
  }
}
