import {
  clusterContext,
  clusterContract,
  clusterFiles,
  clusterMemory,
  stateTroublePath,
  visitsPath,
  type ClusterProcess,
  type LastEnd,
} from '@coppice/cluster/contract';
import { parseRecord } from '@coppice/host/parseRecord';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, isAppError } from '../../core/errors';
import type { Logger } from '../../core/ports/host';
import { abortError } from '../exec/abort';
import { processStart } from '@coppice/host/processStart';
import { spawnDetached } from '../exec/spawnDetached';
import { askCluster } from './askCluster';
import { ClusterFiles } from './clusterFiles';
import { endProcess, refuseOtherPlace, refuseUnlessGone } from './endProcess';
import { parseClusterFile, type RunningEmbeddedCluster } from './runningEmbeddedCluster';

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
  /** First port that the gateway tries; undefined: the one it had last. Asked at every start; one that runs keeps its port. */
  readonly gatewayPort?: () => number | undefined;
  readonly patience?: Partial<Patience>;
}

/** How long what should happen may take. Milliseconds. */
interface Patience {
  /** Until the start tells of no progress any more. */
  readonly start: number;
  /** Until a cluster that runs and does not answer is ended: its own watchdog does so after 10 s. */
  readonly answer: number;
  /** Until one that was asked to end is killed. */
  readonly stop: number;
  /** The same of one that does not answer. */
  readonly stopSilent: number;
}

/** Its services have their grace periods; after 90 s its own watchdog kills it. */
const defaultPatience: Patience = { start: 30_000, answer: 15_000, stop: 95_000, stopSilent: 5_000 };

/** What there is of it: whether it answers is not whether it runs. */
export type EmbeddedClusterState =
  | { readonly state: 'running'; readonly cluster: RunningEmbeddedCluster }
  /** It cannot answer yet, or does not any more. */
  | { readonly state: 'starting' | 'stopping'; readonly process: ClusterProcess; readonly detail: string | undefined }
  /** It should answer and does not. */
  | { readonly state: 'silent'; readonly process: ClusterProcess }
  /** `lastEnd`: why, where nobody had asked it to end. */
  | { readonly state: 'stopped'; readonly lastEnd: LastEnd | undefined };

type Tell = (line: string) => void;

const answerTimeoutMs = 2_000;
/** A large state on a slow disk. */
const saveTimeoutMs = 10_000;
const lookMs = 250;
/** A start that takes no longer is not worth a word. */
const quietMs = 3_000;

/** The embedded cluster's process: one per user, which outlives whoever started it. */
export class EmbeddedClusterProgram {
  readonly #folder: string;
  readonly #files: ClusterFiles;
  readonly #patience: Patience;

  constructor(private readonly options: EmbeddedClusterProgramOptions) {
    this.#folder = join(options.home, 'cluster');
    this.#files = new ClusterFiles(this.#folder);
    this.#patience = { ...defaultPatience, ...options.patience };
  }

  /** Where its kubeconfig is, or will be once it was started. */
  get kubeconfig(): { readonly path: string; readonly context: string } {
    return { path: join(this.#folder, clusterFiles.kubeconfig), context: clusterContext };
  }

  /**
   * Finds the one that runs, or starts it and waits until it is ready, for as long as it tells of progress. One that hangs is ended.
   *
   * @param tell hears how far it is, and what became of the last one
   * @throws missingTool, failed, timeout, denied, AbortError
   */
  async start(signal?: AbortSignal, tell: Tell = () => undefined): Promise<RunningEmbeddedCluster> {
    const found = await this.look(signal);
    if (found.state === 'running') return found.cluster;
    if (found.state !== 'stopped') await refuseUnlessGone(found.process, tell);
    if (found.state === 'silent' && found.process.elsewhere === undefined) {
      const answering = await this.#awaitOrEnd(found.process, signal, tell);
      if (answering) return answering;
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const lastEnd = await this.#files.lastEnd();
    if (lastEnd) tell(`The cluster was ended at ${lastEnd.at}: ${lastEnd.reason}. It is started again.`);
    const started = await this.#launch(signal, tell).catch(async (error: unknown) => {
      const isTimeout = isAppError(error, 'timeout');
      const other = isTimeout || isAppError(error, 'failed') ? await this.#files.process() : undefined;
      // Ours has heard from it.
      if (other) refuseOtherPlace(other);
      // Ours has been ended by now. Who is left is another, for which ours has waited in vain.
      if (!other || !isTimeout) throw error;
      await this.#end(other, this.#patience.stopSilent, signal, tell);
      return this.#launch(signal, tell);
    });
    await this.#files.forgetLastEnd();
    return started;
  }

  /** What there is of it. Never rejects but for the signal. */
  async look(signal?: AbortSignal): Promise<EmbeddedClusterState> {
    const running = await this.find(signal);
    if (running) return { state: 'running', cluster: running };
    const holder = await this.#files.process();
    if (!holder) return { state: 'stopped', lastEnd: await this.#files.lastEnd() };
    const phase = await this.#files.phase(holder);
    if (phase) return { state: phase.phase, process: holder, detail: phase.detail };
    const isReady = (await this.written())?.pid === holder.pid;
    return isReady ? { state: 'silent', process: holder } : { state: 'starting', process: holder, detail: undefined };
  }

  /** The one that runs and answers with its own certificate; undefined when there is none. Never rejects but for the signal. */
  async find(signal?: AbortSignal): Promise<RunningEmbeddedCluster | undefined> {
    if (signal?.aborted) throw abortError(signal);
    const cluster = await this.written();
    if (!cluster) return undefined;
    const answer = await askCluster(this.#folder, cluster.access.server, '/readyz', answerTimeoutMs, signal);
    if (signal?.aborted) throw abortError(signal);
    return answer?.code === 200 ? cluster : undefined;
  }

  /** The port of all URLs: of the one that runs, else as it was last; undefined: none ever ran. Never rejects. */
  async urlPort(): Promise<number | undefined> {
    return (await this.find())?.gatewayPort ?? (await this.#files.lastGatewayPort());
  }

  /**
   * Why the one that runs cannot save what it is told, in a sentence; it saves what it has first. Undefined: it can, or nobody can
   * say. Never rejects but for the signal.
   */
  async stateTrouble(signal?: AbortSignal): Promise<string | undefined> {
    const cluster = await this.written();
    const answer =
      cluster && (await askCluster(this.#folder, cluster.access.server, stateTroublePath, saveTimeoutMs, signal));
    if (signal?.aborted) throw abortError(signal);
    // An older one has no such path.
    if (answer?.code !== 500) return undefined;
    return `The cluster cannot save its state (${answer.text}): what is changed is lost when it ends, until there is room and a right to write there. It tries again by itself.`;
  }

  /**
   * When somebody last used an environment through it, by its namespace: milliseconds since the epoch. Of what is not in it that is not
   * known. Undefined: none runs, or it does not tell. Never rejects but for the signal.
   */
  async visits(signal?: AbortSignal): Promise<ReadonlyMap<string, number> | undefined> {
    const cluster = await this.written();
    const answer =
      cluster && (await askCluster(this.#folder, cluster.access.server, visitsPath, answerTimeoutMs, signal));
    if (signal?.aborted) throw abortError(signal);
    // An older one has no such path.
    const times = answer?.code === 200 ? parseRecord(answer.text) : undefined;
    return (
      times &&
      new Map(
        Object.entries(times).flatMap(([namespace, at]) => {
          const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
          return Number.isNaN(time) ? [] : [[namespace, time] as const];
        }),
      )
    );
  }

  /** Why the one that runs would not do what it is asked for from now on, in a sentence; undefined: it would, or none runs. */
  async contractTrouble(): Promise<string | undefined> {
    const cluster = await this.written();
    if (!cluster || cluster.contract >= clusterContract) return undefined;
    return `The embedded cluster still runs an older build of Coppice (${cluster.version}), which does not know all that this one asks of it: restart it, and its environments come back by themselves.`;
  }

  /**
   * Ends it, and with it every process that it started; resolves when it is gone. One that does not end is killed.
   *
   * @returns false when none was running
   * @throws timeout, denied
   */
  async stop(signal?: AbortSignal, tell: Tell = () => undefined): Promise<boolean> {
    const found = await this.look(signal);
    if (found.state === 'stopped') return false;
    // The pid in a file that was left behind may be anybody's by now: the lock names the process and its start.
    const holder = found.state === 'running' ? await this.#answering(found.cluster) : found.process;
    if (!holder) return true;
    this.options.log.info(`stopping the embedded cluster (pid ${holder.pid})`);
    if (found.state === 'silent') tell(`The cluster (process ${holder.pid}) does not answer: it is ended.`);
    const patience = found.state === 'silent' ? this.#patience.stopSilent : this.#patience.stop;
    await this.#end(holder, patience, signal, tell);
    await this.#files.forgetLastEnd();
    return true;
  }

  async #launch(signal: AbortSignal | undefined, tell: Tell): Promise<RunningEmbeddedCluster> {
    const { execPath, clusterProgram, home, env, log } = this.options;
    const gatewayPort = this.options.gatewayPort?.();
    log.info(`starting the embedded cluster: ${clusterProgram}`);
    const { firstLine } = await spawnDetached(
      {
        file: execPath,
        argv: [
          ...clusterMemory,
          clusterProgram,
          ...(gatewayPort === undefined ? [] : ['--gateway-port-from', String(gatewayPort)]),
        ],
        cwd: this.#folder,
        env: { ...ownEnvironment(env), ELECTRON_RUN_AS_NODE: '1', COPPICE_HOME: home },
        logFile: join(this.#folder, 'start.log'),
        firstLine: true,
        timeoutMs: this.#patience.start,
        progress: this.#phases(tell),
      },
      signal,
    );
    const started = parseClusterFile(firstLine, this.kubeconfig);
    if (!started)
      throw new AppError('failed', 'The embedded cluster did not say where it is.', { explanation: firstLine });
    return started;
  }

  /** Whoever hangs may only be slow, or its watchdog is about to end it. */
  async #awaitOrEnd(
    holder: ClusterProcess,
    signal: AbortSignal | undefined,
    tell: Tell,
  ): Promise<RunningEmbeddedCluster | undefined> {
    tell(`The cluster (process ${holder.pid}) runs and does not answer.`);
    const deadline = performance.now() + this.#patience.answer;
    while (performance.now() < deadline) {
      const now = await this.look(signal);
      if (now.state === 'running') return now.cluster;
      if (now.state !== 'silent') return undefined;
      await delay(lookMs);
    }
    tell(`The cluster (process ${holder.pid}) hangs: it is ended and started again.`);
    this.options.log.warn(`the embedded cluster (pid ${holder.pid}) hangs`);
    await this.#end(holder, this.#patience.stopSilent, signal, tell);
    return undefined;
  }

  async #end(holder: ClusterProcess, patienceMs: number, signal: AbortSignal | undefined, tell: Tell): Promise<void> {
    const isKilled = await endProcess(holder, patienceMs, signal);
    if (isKilled) this.options.log.warn(`the embedded cluster (pid ${holder.pid}) had to be killed`);
    if (isKilled) tell(`The cluster (process ${holder.pid}) did not end by itself and was killed.`);
  }

  /** One that answers is ours, should its lock be lost. */
  async #answering({ pid }: RunningEmbeddedCluster): Promise<ClusterProcess | undefined> {
    const holder = await this.#files.process();
    if (holder?.pid === pid) return holder;
    const start = await processStart(pid);
    return start === undefined ? undefined : { pid, start };
  }

  /** Tells each phase once, of a start that takes long. */
  #phases(tell: Tell): () => Promise<string> {
    const tellFrom = performance.now() + quietMs;
    let last = '';
    return async () => {
      const holder = await this.#files.process();
      const phase = holder && (await this.#files.phase(holder));
      if (phase && phase.detail !== last) {
        last = phase.detail;
        if (performance.now() > tellFrom) tell(last);
      }
      return last;
    };
  }

  /** What the one that was started last has written of itself; nobody is asked, and it may have ended since. */
  async written(): Promise<RunningEmbeddedCluster | undefined> {
    const text = await readFile(join(this.#folder, clusterFiles.cluster), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : parseClusterFile(text, this.kubeconfig);
  }
}

/** Without what an editor sets for its own processes: a service must not take itself for a part of it. */
function ownEnvironment(user: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(user).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/i.test(name)));
}
