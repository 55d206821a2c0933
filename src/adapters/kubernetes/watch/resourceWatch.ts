import { isAppError, toAppError, type AppError } from '../../../core/errors';
import type { Disposable } from '../../../core/event';
import type { KubeConnection } from '../connection/kubeConnection';
import { listInPages, type ListRequest } from '../connection/listInPages';
import { statusError, statusOf } from '../connection/mapError';
import { readLines } from '../connection/readLines';
import type { WatchTiming } from './watchTiming';

interface Watched {
  readonly metadata?: { readonly resourceVersion?: string };
}

/** What a watch's stream carries, one JSON object a line. */
interface WatchLine<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

export interface ResourceWatchListener<T> {
  /** All that there is; what is not in it is gone. */
  onList(items: readonly T[]): void;
  onChange(change: { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }): void;
  /** undefined: the list is there and the watch follows it. Called only when that changes. */
  onState(failure: AppError | undefined): void;
}

/**
 * Follows one resource type: a list, then a watch from the list's version, for as long as it is not disposed. A watch that
 * breaks goes on from the last version that it saw; only where that cannot be trusted (410, an outage, another server)
 * it lists again. Never rejects, never gives up.
 */
export class ResourceWatch<T extends Watched> implements Disposable {
  readonly #stop = new AbortController();
  #wake: (() => void) | undefined;
  #isWoken = false;
  /** Attempts in a row that failed or did not last. */
  #failures = 0;
  /** How long the last watch lasted. */
  #livedMs = 0;
  #state: 'unknown' | 'following' | 'failing' = 'unknown';
  /** Seen once, a bookmark is expected again: its absence then means that the connection is dead. */
  #sendsBookmarks = false;
  #version: string | undefined;
  #kubeconfigVersion: string | undefined;

  constructor(
    private readonly connection: KubeConnection,
    private readonly request: ListRequest,
    private readonly timing: WatchTiming,
    /** Milliseconds; asked anew for each pause. */
    private readonly longestPause: () => number,
    private readonly listener: ResourceWatchListener<T>,
  ) {
    void this.#run();
  }

  /** Ends the current pause, if there is one. */
  retryNow(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  dispose(): void {
    this.#stop.abort();
    this.#wake?.();
  }

  get #isDisposed(): boolean {
    return this.#stop.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isDisposed) {
      this.#livedMs = 0;
      const failure = await this.#attempt().then(
        () => undefined,
        (error: unknown) => toAppError(error),
      );
      if (this.#isDisposed) return;
      this.#failures = this.#livedMs >= this.timing.healthyMs ? 0 : this.#failures + 1;
      if (failure) this.#failed(failure);
      await this.#pause(this.#nextPause());
    }
  }

  async #attempt(): Promise<void> {
    // Before anything that may fail: a wish that stays would leave out every pause from then on.
    this.#isWoken = false;
    const kubeconfigVersion = await this.connection.version();
    // Another address or another authority may be another server, to which versions of the old one mean nothing.
    if (kubeconfigVersion !== this.#kubeconfigVersion) this.#version = undefined;
    this.#kubeconfigVersion = kubeconfigVersion;
    if (this.#version === undefined) {
      const { items, version } = await listInPages<T>(this.connection, this.request, this.#stop.signal);
      if (this.#isDisposed) return;
      this.#version = version;
      this.listener.onList(items);
      // Who has seen enough disposes it from within.
      if (this.#isDisposed) return;
    }
    await this.#watch(this.#version);
  }

  async #watch(version: string): Promise<void> {
    const lifetime = this.timing.watchSeconds * (0.8 + 0.2 * Math.random());
    const attempt = new AbortController();
    const onStop = (): void => attempt.abort();
    this.#stop.signal.addEventListener('abort', onStop, { once: true });
    let watchdog: NodeJS.Timeout | undefined;
    const startedAt = performance.now();
    try {
      const stream = await this.connection.stream(
        {
          method: 'GET',
          path: this.request.path,
          query: {
            ...this.request.query,
            watch: 'true',
            allowWatchBookmarks: 'true',
            timeoutSeconds: String(Math.max(1, Math.round(lifetime))),
            resourceVersion: version,
          },
          verb: 'watch',
          resource: this.request.resource,
        },
        attempt.signal,
      );
      this.#report(undefined);
      const heard = (): void => {
        const silence = this.#sendsBookmarks ? this.timing.silenceMs : lifetime * 1000 + this.timing.silenceMs;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => stream.destroy(), silence);
      };
      heard();
      for await (const lines of readLines(stream)) {
        for (const line of lines) if (line !== '') this.#read(JSON.parse(line) as WatchLine<T>);
        if (this.#isDisposed) return;
        heard();
      }
    } catch (error) {
      // A failure of the stream after it had begun is its end and no more; one before it, or one that it told of, counts.
      if (isAppError(error)) throw error;
    } finally {
      clearTimeout(watchdog);
      attempt.abort();
      this.#stop.signal.removeEventListener('abort', onStop);
      this.#livedMs = performance.now() - startedAt;
    }
  }

  #read(line: WatchLine<T>): void {
    if (line.type === 'ERROR') {
      const code = 'code' in line.object && typeof line.object.code === 'number' ? line.object.code : 500;
      throw statusError(code, JSON.stringify(line.object), { verb: 'watch', resource: this.request.resource });
    }
    const version = line.object.metadata?.resourceVersion;
    if (version !== undefined) this.#version = version;
    if (line.type === 'BOOKMARK') this.#sendsBookmarks = true;
    else this.listener.onChange({ type: line.type, object: line.object });
  }

  #failed(failure: AppError): void {
    this.#version = undefined;
    // Told to list again, which is no trouble: what is known stays known until the new list is there.
    if (statusOf(failure) !== 410) this.#report(failure);
  }

  #report(failure: AppError | undefined): void {
    const state = failure ? 'failing' : 'following';
    if (!failure && this.#state === 'following') return;
    this.#state = state;
    this.listener.onState(failure);
  }

  /** Milliseconds. A watch that broke for the first time, or was told to list again, goes on at once. */
  #nextPause(): number {
    if (this.#failures <= 1 && this.#state !== 'failing') return 0;
    const { pauseMs } = this.timing;
    const full = Math.min(this.longestPause(), pauseMs * 2 ** Math.min(10, Math.max(0, this.#failures - 2)));
    return full * (0.5 + 0.5 * Math.random());
  }

  #pause(milliseconds: number): Promise<void> {
    if (this.#isWoken || this.#isDisposed || milliseconds === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
