import { setTimeout as delay } from 'node:timers/promises';
import type { V1Namespace, V1Pod } from '@kubernetes/client-node';
import { isAbort, isAppError, toAppError } from '../../core/errors';
import type { LogOptions } from '../../core/ports';
import { abortError } from '../exec/abort';
import type { KubeConnection } from './kubeConnection';
import { serviceLabel } from './labels';
import { LineMerge } from './lineMerge';
import { listAll, type ListRequest } from './listAll';
import { mapNamespace } from './mapNamespace';
import { milliseconds } from './mapPod';
import { currentRun, mainContainer, readPodLog } from './podLog';
import { ResourceWatch } from './resourceWatch';
import type { WatchTiming } from './watchTiming';

export interface ServiceLogRequest {
  readonly namespace: string;
  readonly service: string;
  readonly options: LogOptions;
}

const resumeDelayMs = 1000;

/** Lines of all pods of a service; when not followed, those of the oldest pod first. @throws AppError, AbortError */
export async function* serviceLogs(
  connection: KubeConnection,
  request: ServiceLogRequest,
  timing: WatchTiming,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void> {
  if (signal?.aborted) throw abortError(signal);
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (request.options.follow) yield* new FollowedLogs(connection, request, timing, stop.signal).lines();
    else yield* presentLogs(connection, request, stop.signal);
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
  const { items } = await listAll<V1Pod>(connection, podsOf(namespace, service), signal);
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
      },
      signal,
    );
    for await (const lines of batches) yield* lines;
  }
}

class FollowedLogs {
  readonly #merge = new LineMerge();
  /** By pod uid: the runs of its container that are read or were. */
  readonly #runs = new Map<string, Set<string>>();
  #hasListed = false;

  constructor(
    private readonly connection: KubeConnection,
    private readonly request: ServiceLogRequest,
    private readonly timing: WatchTiming,
    private readonly signal: AbortSignal,
  ) {}

  async *lines(): AsyncGenerator<string, void> {
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
    for (const uid of this.#runs.keys()) if (!uids.has(uid)) this.#runs.delete(uid);
    for (const pod of pods) this.#consider(pod, tail);
    if (pods.length === 0) void this.#endWithNamespace();
  }

  #onGone(pod: V1Pod): void {
    this.#runs.delete(pod.metadata?.uid ?? '');
    if (this.#runs.size === 0) void this.#endWithNamespace();
  }

  /** Begins to read a run of the pod's container that was not read yet. */
  #consider(pod: V1Pod, tail: number | undefined): void {
    const container = mainContainer(pod, this.request.service);
    const run = currentRun(pod, container);
    const uid = pod.metadata?.uid ?? '';
    const runs = this.#runs.get(uid) ?? new Set<string>();
    this.#runs.set(uid, runs);
    if (run === undefined || runs.has(run)) return;
    runs.add(run);
    void this.#read(uid, pod.metadata?.name ?? '', container, tail).catch((error: unknown) => {
      if (!isAbort(error)) this.#merge.end(toAppError(error));
    });
  }

  async #read(uid: string, pod: string, container: string, tail: number | undefined): Promise<void> {
    const { namespace, options } = this.request;
    let since: string | undefined;
    while (!this.signal.aborted && this.#runs.has(uid)) {
      try {
        const previous = options.previous ?? false;
        const from = since === undefined ? tail : undefined;
        const request = { namespace, pod, container, follow: !previous, previous, tail: from, since };
        for await (const lines of readPodLog(this.connection, request, this.signal)) await this.#merge.write(lines);
        return;
      } catch (error) {
        if (this.signal.aborted) return;
        if (isAppError(error, 'denied')) throw error;
        // The connection broke, not the run: go on from here, once the server is back.
        since = new Date().toISOString();
        await delay(resumeDelayMs, undefined, { signal: this.signal });
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

function podsOf(namespace: string, service: string): ListRequest {
  return {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: { labelSelector: `${serviceLabel}=${service}` },
    resource: `pods of service "${service}"`,
  };
}
