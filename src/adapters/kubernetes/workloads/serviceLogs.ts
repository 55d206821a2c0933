import { setTimeout as delay } from 'node:timers/promises';
import type { V1Namespace, V1Pod } from '@kubernetes/client-node';
import { isAbort, isAppError, toAppError } from '../../../core/errors';
import type { LogOptions, LogPiece } from '../../../core/ports/workloads';
import { abortError } from '../../exec/abort';
import type { KubeConnection } from '../connection/kubeConnection';
import { LineMerge } from './lineMerge';
import { listInPages } from '../connection/listInPages';
import { mapNamespace } from '../objects/mapNamespace';
import { milliseconds } from '../watch/mapPod';
import { currentRun, mainContainer, readPodLog, type PodLogRequest } from './podLog';
import { presentRun, runBefore } from './logRuns';
import { ResourceWatch } from '../watch/resourceWatch';
import { podsOf } from './servicePods';
import type { WatchTiming } from '../watch/watchTiming';

export interface ServiceLogRequest {
  readonly namespace: string;
  readonly service: string;
  readonly options: LogOptions;
}

type Following = ServiceLogRequest & {
  /** Tells of each run, and reads that before the present one first. */
  readonly withRuns?: boolean;
};

interface PodState {
  /** Runs of its container that are read or were. */
  readonly read: Set<string>;
  /** Those that were told of. */
  readonly told: Set<string>;
  /** 'again': a request that was taken up after the connection broke. */
  reading: 'first' | 'again' | undefined;
  /** ISO 8601: when the last request broke off, until it is taken up. */
  brokenAt: string | undefined;
  latest: V1Pod;
}

const resumeDelayMs = 1000;

/** Lines of all pods of a service; when not followed, those of the oldest pod first. @throws AppError, AbortError */
export async function* serviceLogs(
  connection: KubeConnection,
  request: ServiceLogRequest,
  timing: WatchTiming,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void> {
  if (!request.options.follow) yield* untilAborted(signal, (stop) => presentLogs(connection, request, stop));
  else {
    const pieces = untilAborted(signal, (stop) => new FollowedLogs(connection, request, timing, stop).pieces());
    for await (const piece of pieces) if ('line' in piece) yield piece.line;
  }
}

/** What `Workloads.runs` gives. @throws AppError, AbortError */
export function serviceRuns(
  connection: KubeConnection,
  { namespace, service, tail }: { readonly namespace: string; readonly service: string; readonly tail: number },
  timing: WatchTiming,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogPiece, void> {
  const request = { namespace, service, options: { follow: true, tail, timestamps: true }, withRuns: true };
  return untilAborted(signal, (stop) => new FollowedLogs(connection, request, timing, stop).pieces());
}

async function* untilAborted<T>(
  signal: AbortSignal | undefined,
  read: (stop: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T, void> {
  if (signal?.aborted) throw abortError(signal);
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    yield* read(stop.signal);
    if (signal?.aborted) throw abortError(signal);
  } catch (error) {
    throw signal?.aborted ? abortError(signal) : error;
  } finally {
    stop.abort();
    signal?.removeEventListener('abort', onAbort);
  }
}

async function* presentLogs(
  connection: KubeConnection,
  request: ServiceLogRequest,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { namespace, service, options } = request;
  const { items } = await listInPages<V1Pod>(connection, podsOf(namespace, service), signal);
  const created = (pod: V1Pod): number => milliseconds(pod.metadata?.creationTimestamp);
  for (const pod of items.sort((a, b) => created(a) - created(b))) {
    const batches = readPodLog(
      connection,
      {
        namespace,
        pod: pod.metadata?.name ?? '',
        container: mainContainer(pod, service),
        follow: false,
        previous: options.previous ?? false,
        tail: options.tail,
        since: undefined,
        timestamps: options.timestamps ?? false,
      },
      signal,
    );
    for await (const lines of batches) yield* lines;
  }
}

class FollowedLogs {
  readonly #merge = new LineMerge<LogPiece>();
  /** By uid. */
  readonly #pods = new Map<string, PodState>();
  #hasListed = false;

  constructor(
    private readonly connection: KubeConnection,
    private readonly request: Following,
    private readonly timing: WatchTiming,
    private readonly signal: AbortSignal,
  ) {}

  async *pieces(): AsyncGenerator<LogPiece, void> {
    const { namespace, service } = this.request;
    const watch = new ResourceWatch<V1Pod>(
      this.connection,
      podsOf(namespace, service),
      this.timing,
      () => this.timing.longestLocalPauseMs,
      {
        onList: (pods) => this.#onList(pods),
        onChange: ({ type, object }) => {
          if (type === 'DELETED') this.#onGone(object);
          else this.#consider(object, undefined);
        },
        onState: (failure) => {
          // Later failures are overcome; but who may not or cannot read at all is told.
          if (failure && !this.#hasListed) this.#merge.end(failure);
        },
      },
    );
    const onAbort = (): void => this.#merge.end();
    this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      yield* this.#merge.read();
    } finally {
      this.signal.removeEventListener('abort', onAbort);
      watch.dispose();
    }
  }

  #onList(pods: readonly V1Pod[]): void {
    const tail = this.#hasListed ? undefined : this.request.options.tail;
    this.#hasListed = true;
    const uids = new Set(pods.map((pod) => pod.metadata?.uid ?? ''));
    for (const uid of this.#pods.keys()) if (!uids.has(uid)) this.#pods.delete(uid);
    for (const pod of pods) this.#consider(pod, tail);
    if (pods.length === 0) void this.#endWithNamespace();
  }

  #onGone(pod: V1Pod): void {
    this.#pods.delete(pod.metadata?.uid ?? '');
    if (this.#pods.size === 0) void this.#endWithNamespace();
  }

  /**
   * Begins to read the run of the pod's container, if it was not read. One run after the other: a request names no run, so
   * that two at a time could bring the same lines twice.
   */
  #consider(pod: V1Pod, tail: number | undefined): void {
    const uid = pod.metadata?.uid ?? '';
    const state: PodState = this.#pods.get(uid) ?? {
      read: new Set(),
      told: new Set(),
      reading: undefined,
      brokenAt: undefined,
      latest: pod,
    };
    this.#pods.set(uid, state);
    state.latest = pod;
    const container = mainContainer(pod, this.request.service);
    const run = currentRun(pod, container);
    if (run === undefined || state.read.has(run)) return;
    // A request that was taken up after a break gets the run that is there by then, under whatever name it was known.
    if (state.reading === 'again') state.read.add(run);
    if (state.reading !== undefined) return;
    const since = state.brokenAt;
    state.read.add(run);
    state.reading = since === undefined ? 'first' : 'again';
    state.brokenAt = undefined;
    const { namespace, options } = this.request;
    const previous = options.previous ?? false;
    const name = pod.metadata?.name ?? '';
    const request = {
      namespace,
      pod: name,
      container,
      follow: !previous,
      previous,
      tail: since ? undefined : tail,
      since,
      timestamps: options.timestamps ?? false,
    };
    void this.#read(request, state, run).catch((error: unknown) => {
      if (!isAbort(error)) this.#merge.end(toAppError(error));
    });
  }

  async #read(request: PodLogRequest, state: PodState, run: string): Promise<void> {
    try {
      if (this.request.withRuns) await this.#tellRun(request, state, run);
      await this.#readLines(request);
      state.reading = undefined;
      if (!this.signal.aborted && this.#pods.get(state.latest.metadata?.uid ?? '') === state)
        this.#consider(state.latest, undefined);
    } catch (error) {
      if (this.signal.aborted) return;
      if (isAppError(error, 'denied')) throw error;
      // The connection broke, and perhaps the run with it: what the pod runs by then is read from here on.
      state.reading = undefined;
      state.brokenAt = new Date().toISOString();
      state.read.delete(run);
      await this.#reconsider(request.pod);
    }
  }

  async #readLines(request: PodLogRequest): Promise<void> {
    const { pod } = request;
    for await (const lines of readPodLog(this.connection, request, this.signal))
      await this.#merge.write(lines.map((line) => ({ pod, line })));
  }

  /** A run that is taken up again after a break was told of already. */
  async #tellRun(request: PodLogRequest, state: PodState, run: string): Promise<void> {
    const { latest, told } = state;
    if (told.has(run)) return;
    const before = told.size === 0 ? runBefore(latest, request.container) : undefined;
    told.add(run);
    if (before) {
      await this.#merge.write([before]);
      const ofBefore = { ...request, follow: false, previous: true };
      await this.#readLines(ofBefore);
    }
    await this.#merge.write([presentRun(latest, request.container)]);
  }

  async #reconsider(name: string): Promise<void> {
    const { namespace, service } = this.request;
    const path = `${podsOf(namespace, service).path}/${encodeURIComponent(name)}`;
    for (;;) {
      await delay(resumeDelayMs, undefined, { signal: this.signal });
      try {
        const pod = await this.connection.json<V1Pod>(
          { method: 'GET', path, verb: 'read', resource: `pod "${name}"` },
          this.signal,
        );
        this.#consider(pod, undefined);
        return;
      } catch (error) {
        if (isAbort(error)) throw error;
        if (isAppError(error, 'notFound') || isAppError(error, 'denied')) return;
      }
    }
  }

  /** Without pods there is more to come, unless the namespace goes or is gone. */
  async #endWithNamespace(): Promise<void> {
    const { namespace } = this.request;
    try {
      const found = await this.connection.json<V1Namespace>(
        {
          method: 'GET',
          path: `/api/v1/namespaces/${encodeURIComponent(namespace)}`,
          verb: 'read',
          resource: `namespace "${namespace}"`,
        },
        this.signal,
      );
      if (mapNamespace(found).terminating) this.#merge.end();
    } catch (error) {
      if (isAppError(error, 'notFound')) this.#merge.end();
    }
  }
}
