import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../core/errors';
import type { ClusterAccess } from '../../core/ports/cluster';
import type { Logger } from '../../core/ports/host';
import { abortError } from '../exec/abort';
import { spawnDetached } from '../exec/spawnDetached';

export interface EmbeddedClusterProgramOptions {
  /** Where Coppice keeps its state for this user ($COPPICE_HOME). Absolute. */
  readonly home: string;
  /** Absolute path of dist/cluster.js. */
  readonly clusterProgram: string;
  /** Node, or an Electron program that can act as Node. */
  readonly execPath: string;
  /** The user's environment: that of the services too. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** First port that the gateway tries; undefined: the one it had last. */
  readonly gatewayPort?: number | undefined;
}

/** A running embedded cluster. */
export interface RunningEmbeddedCluster {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly version: string;
  /** Where its gateway listens on this machine: the port of all URLs. */
  readonly gatewayPort: number;
  readonly access: ClusterAccess;
}

const context = 'coppice-embedded';
const startTimeoutMs = 30_000;
const answerTimeoutMs = 2_000;
/** Its services have their grace periods; after 90 s it gives up by itself. */
const stopTimeoutMs = 95_000;

/** The embedded cluster's process: one per user, which outlives whoever started it. */
export class EmbeddedClusterProgram {
  readonly #folder: string;

  constructor(private readonly options: EmbeddedClusterProgramOptions) {
    this.#folder = join(options.home, 'cluster');
  }

  /** Where its kubeconfig is, or will be once it was started. */
  get kubeconfig(): { readonly path: string; readonly context: string } {
    return { path: join(this.#folder, 'kubeconfig'), context };
  }

  /** Finds the one that runs, or starts it and waits until it is ready. @throws missingTool, failed, timeout, AbortError */
  async start(signal?: AbortSignal): Promise<RunningEmbeddedCluster> {
    const found = await this.find(signal);
    if (found) return found;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const { execPath, clusterProgram, home, env, log, gatewayPort } = this.options;
    log.info(`starting the embedded cluster: ${clusterProgram}`);
    const { firstLine } = await spawnDetached(
      {
        file: execPath,
        argv: [clusterProgram, ...(gatewayPort === undefined ? [] : ['--gateway-port-from', String(gatewayPort)])],
        cwd: this.#folder,
        env: { ...ownEnvironment(env), ELECTRON_RUN_AS_NODE: '1', COPPICE_HOME: home },
        logFile: join(this.#folder, 'start.log'),
        firstLine: true,
        timeoutMs: startTimeoutMs,
      },
      signal,
    );
    const started = parseClusterFile(firstLine, this.kubeconfig);
    if (!started)
      throw new AppError('failed', 'The embedded cluster did not say where it is.', { explanation: firstLine });
    return started;
  }

  /** The one that runs and answers with its own certificate; undefined when there is none. Never rejects but for the signal. */
  async find(signal?: AbortSignal): Promise<RunningEmbeddedCluster | undefined> {
    if (signal?.aborted) throw abortError(signal);
    const text = await readFile(join(this.#folder, 'cluster.json'), 'utf8').catch(() => undefined);
    const cluster = text === undefined ? undefined : parseClusterFile(text, this.kubeconfig);
    if (!cluster) return undefined;
    const answers = await this.#answers(cluster.access.server, signal);
    if (signal?.aborted) throw abortError(signal);
    return answers ? cluster : undefined;
  }

  /**
   * Ends it, and with it every process that it started; resolves when it is gone.
   *
   * @returns false when none was running
   * @throws timeout, denied
   */
  async stop(signal?: AbortSignal): Promise<boolean> {
    // Asked first: a pid in a file that was left behind may be anybody's by now.
    const running = await this.find(signal);
    if (!running) return false;
    this.options.log.info(`stopping the embedded cluster (pid ${running.pid})`);
    try {
      process.kill(running.pid, 'SIGTERM');
    } catch (error) {
      if (errorCode(error) === 'ESRCH') return true;
      throw new AppError('denied', `The embedded cluster (pid ${running.pid}) may not be stopped by this user.`, {
        cause: error,
      });
    }
    const deadline = performance.now() + stopTimeoutMs;
    while (isAlive(running.pid)) {
      if (performance.now() > deadline) {
        throw new AppError(
          'timeout',
          `The embedded cluster (pid ${running.pid}) did not end within ${stopTimeoutMs / 1000} s.`,
        );
      }
      await delay(25);
      if (signal?.aborted) throw abortError(signal);
    }
    return true;
  }

  /** Whether the server there is ours: only ours has a certificate of our authority, and takes our token. */
  async #answers(server: string, signal: AbortSignal | undefined): Promise<boolean> {
    const [token, kubeconfig] = await Promise.all(
      ['token', 'kubeconfig'].map((name) => readFile(join(this.#folder, name), 'utf8').catch(() => '')),
    );
    const authority = /certificate-authority-data"?:\s*"?([A-Za-z0-9+/=]+)/.exec(kubeconfig ?? '')?.[1];
    if (!token || authority === undefined) return false;
    const limit = AbortSignal.timeout(answerTimeoutMs);
    return new Promise((resolve) => {
      const call = request(
        new URL('/readyz', server),
        {
          ca: Buffer.from(authority, 'base64'),
          headers: { Authorization: `Bearer ${token.trim()}` },
          agent: false,
          signal: signal ? AbortSignal.any([signal, limit]) : limit,
        },
        (response) => {
          response.on('error', () => undefined);
          response.resume();
          resolve(response.statusCode === 200);
        },
      );
      call.on('error', () => resolve(false));
      call.end();
    });
  }
}

/** Without what an editor sets for its own processes: a service must not take itself for a part of it. */
function ownEnvironment(user: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(user).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/i.test(name)));
}

function parseClusterFile(
  text: string,
  kubeconfig: { path: string; context: string },
): RunningEmbeddedCluster | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { pid, startedAt, version, server, gatewayPort } = parsed as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof server !== 'string' || typeof gatewayPort !== 'number') return undefined;
    // Nothing else is ever ours: an address that a file names must not get the token.
    if (!/^https:\/\/127\.0\.0\.1:\d+$/.test(server) || pid <= 1) return undefined;
    return {
      pid,
      startedAt: typeof startedAt === 'string' ? startedAt : '',
      version: typeof version === 'string' ? version : '',
      gatewayPort,
      access: { server, kubeconfig: kubeconfig.path, context: kubeconfig.context },
    };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
