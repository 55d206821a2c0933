import { isThisMachine } from '@coppice/host/isThisMachine';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { identityOf, isSameCluster } from '../../../core/clusters/clusterRules';
import { traitsOf } from '../../../core/clusterTraits';
import { AppError } from '../../../core/errors';
import type { ClusterIdentity } from '../../../core/model';
import type { ClusterAccess } from '../../../core/ports/cluster';
import { abortError } from '../../exec/abort';
import { mergeKubeconfigs, readKubeconfigs } from './kubeconfigFiles';
import { connectionError, statusError, statusOf, type Attempt } from './mapError';
import { pinContext, type PinnedContext } from './pinnedContext';
import { plainCredentials, type ApplyCredentials } from './plainCredentials';
import { writePrivateFile } from '@coppice/host/writePrivateFile';
import { seldomLoaded } from './seldomLoaded';
import { sendOnce } from './sendOnce';
import { inTime } from './credentialsInTime';
import { TimeLimit } from './timeLimit';
import { withTokenOfFile } from './tokenFile';

export interface KubeconfigSource {
  /** Absolute. The file need not exist yet. */
  readonly path: string;
  /** More files: where several name the same, the first one counts, as for kubectl. */
  readonly morePaths?: readonly string[];
  /** Of the file; the file's own current context is never used. */
  readonly context: string;
  /**
   * Throws when nothing may be changed in the cluster now; asked before each request that may change something. Without one
   * nothing is ever changed in a cluster that an identity pins: only the embedded one is not.
   */
  readonly guard?: () => Promise<void>;
  /**
   * Where other programs find a kubeconfig of this one context, absolute: written, and kept in step, by `access`. Undefined:
   * `path` is one file of our own, and serves as it is.
   */
  readonly pinnedPath?: string;
}

export interface ApiRequest extends Attempt {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** A list becomes a parameter that is there several times. */
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Until the answer is there; for a stream: until its headers are. Milliseconds. */
  readonly timeoutMs?: number;
}

/** A request for another protocol on the same connection. */
export type UpgradeRequest = Attempt & Pick<ApiRequest, 'path' | 'query'>;

interface Loaded {
  readonly text: string;
  readonly credentials: ApplyCredentials;
  readonly pinned: PinnedContext;
}

const defaultTimeoutMs = 15_000;
const maxErrorBodyBytes = 16_384;

/**
 * Requests to one API server, with the address, certificates and credentials of a kubeconfig file. The file is read again
 * before a request when its text has changed: an embedded cluster that was restarted has another port.
 */
export class KubeConnection {
  #loaded: Loaded | undefined;

  constructor(
    readonly source: KubeconfigSource,
    private readonly identity: ClusterIdentity,
  ) {}

  /** Reads the file. @throws notConfigured, conflict when it leads elsewhere than the identity says */
  async access(): Promise<ClusterAccess> {
    const { pinned } = await this.#load();
    const { path, pinnedPath, context } = this.source;
    if (pinnedPath !== undefined && !(await isSameText(pinnedPath, pinned.kubeconfig)))
      await writePrivateFile(pinnedPath, pinned.kubeconfig);
    return { server: pinned.server, kubeconfig: pinnedPath ?? path, context };
  }

  /** The context that requests go to, as the file says now. @throws as `access` */
  async pinned(): Promise<PinnedContext> {
    return (await this.#load()).pinned;
  }

  /**
   * For another program that is about to change something with what `access` gave.
   *
   * @throws denied when nothing may be changed in the cluster now, or the access is not to this cluster; else as `access`
   */
  async verifyChange(access: ClusterAccess): Promise<void> {
    const now = await this.access();
    if (now.kubeconfig !== access.kubeconfig || now.context !== access.context) {
      throw new AppError('denied', `${access.kubeconfig} does not lead to the cluster that is worked with.`);
    }
    await this.#verifyAllowed();
  }

  /** A mark of what the file says now; changes when the file's text does. */
  async version(): Promise<string> {
    const { text } = await this.#load();
    return createHash('sha256').update(text).digest('hex');
  }

  /** Forgets credentials that were got for an earlier request; the next one reads the file and asks its plugins again. */
  forgetCredentials(): void {
    this.#loaded = undefined;
  }

  /** Whether the server is on this machine: then asking often costs nothing. */
  get isLocal(): boolean {
    const host = this.#loaded ? new URL(this.#loaded.pinned.server).hostname : '127.0.0.1';
    return isThisMachine(host);
  }

  /**
   * The parsed JSON of an answer; its shape is what the API's documentation says for the path.
   *
   * @throws AppError as in mapError; timeout
   */
  async json<T>(request: ApiRequest, signal?: AbortSignal): Promise<T> {
    const limit = new TimeLimit(request.timeoutMs ?? defaultTimeoutMs, signal);
    try {
      const response = await this.#open(request, limit.signal);
      return JSON.parse(await readText(response, Number.POSITIVE_INFINITY)) as T;
    } catch (error) {
      throw this.#translate(error, request, signal, limit);
    } finally {
      limit.lift();
    }
  }

  /** The body of an answer, as it comes. The caller destroys it, or aborts the signal. */
  async stream(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const limit = new TimeLimit(request.timeoutMs ?? defaultTimeoutMs, signal);
    try {
      const response = await this.#open(request, limit.signal);
      limit.keepAborting(response);
      return response;
    } catch (error) {
      throw this.#translate(error, request, signal, limit);
    } finally {
      limit.lift();
    }
  }

  async #open(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    try {
      return await this.#send(request, signal);
    } catch (error) {
      if (statusOf(error) !== 401) throw error;
      // A token that has expired meanwhile: once again with what the file and its plugins say now.
      this.forgetCredentials();
      return await this.#send(request, signal);
    }
  }

  /**
   * What a client of another protocol that begins as HTTP (a WebSocket) needs for its request: where to, who asks, which
   * certificates. Such a request counts as one that changes something.
   *
   * @throws as `json` does before it sends
   */
  async upgrade(request: UpgradeRequest, signal?: AbortSignal): Promise<{ url: URL; options: RequestOptions }> {
    const limit = new TimeLimit(defaultTimeoutMs, signal);
    try {
      const prepared = await this.#prepare({ ...request, method: 'GET' }, true, limit.signal);
      signal?.throwIfAborted();
      return prepared;
    } catch (error) {
      throw this.#translate(error, request, signal, limit);
    } finally {
      limit.lift();
    }
  }

  async #send(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const isChange = request.method !== 'GET' || reachesInto(request.path);
    const { url, options } = await this.#prepare(request, isChange, signal);
    signal.throwIfAborted();
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const headers: Record<string, string | number> = {
      ...(options.headers as Record<string, string>),
      Accept: 'application/json, */*',
      ...(body ? { 'Content-Type': request.contentType ?? 'application/json', 'Content-Length': body.length } : {}),
    };
    const response = await sendOnce(url, { ...options, headers, signal }, body);
    // An error after the answer has begun reaches the reader of the stream; this only keeps it from being unhandled.
    response.on('error', () => undefined);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const text = await readText(response, maxErrorBodyBytes).catch(() => '');
    throw statusError(status, text, request);
  }

  /** What is sent goes to the very server that was compared, whatever the file says by then. */
  async #prepare(
    request: ApiRequest,
    isChange: boolean,
    signal: AbortSignal,
  ): Promise<{ url: URL; options: RequestOptions }> {
    const { credentials, pinned } = await this.#load();
    if (isChange) await this.#verifyAllowed();
    const options: RequestOptions = { method: request.method, headers: {} };
    await inTime(credentials(options, isChange), this.source.context, signal);
    const url = new URL(pinned.server + request.path);
    for (const [key, values] of Object.entries(request.query ?? {}))
      for (const value of typeof values === 'string' ? [values] : (values ?? [])) url.searchParams.append(key, value);
    options.headers = { ...(options.headers as Record<string, string>), 'User-Agent': 'coppice' };
    return { url, options };
  }

  #translate(error: unknown, attempt: Attempt, signal: AbortSignal | undefined, limit: TimeLimit): Error {
    if (signal?.aborted) return abortError(signal);
    if (error instanceof AppError) return error;
    const server = this.#loaded?.pinned.server ?? this.source.context;
    if (limit.isOver) {
      return new AppError('timeout', `The cluster at ${server} did not answer in time.`, {
        explanation: `${attempt.verb} ${attempt.resource}`,
        cause: error,
      });
    }
    return connectionError(error, server, attempt);
  }

  async #verifyAllowed(): Promise<void> {
    if (this.source.guard) return this.source.guard();
    if (this.identity.server === undefined) return;
    throw new AppError('bug', `Nothing says whether the cluster at ${this.identity.server} may be changed.`);
  }

  async #load(): Promise<Loaded> {
    const { path, morePaths = [], context } = this.source;
    const paths = [path, ...morePaths];
    const files = await readKubeconfigs(paths, this.#missing(paths));
    const text = JSON.stringify(files);
    if (this.#loaded?.text === text) return this.#loaded;
    const pinned = await pinContext(await mergeKubeconfigs(files), context, paths);
    this.#verifyIdentity(pinned);
    const kubeconfig = await withTokenOfFile(pinned.kubeconfig);
    const credentials =
      plainCredentials(kubeconfig) ?? (await seldomLoaded.credentials()).libraryCredentials(kubeconfig);
    this.#loaded = { text, credentials, pinned };
    return this.#loaded;
  }

  #missing(paths: readonly string[]): string {
    return traitsOf(this.identity).canStart === 'onUse'
      ? `The cluster was not started yet: there is no ${paths.join(', ')}.`
      : `The kubeconfig of the context ${JSON.stringify(this.source.context)} is gone: there is no ${paths.join(', ')}.`;
  }

  /** A context's name says nothing of where it leads: what was recorded when it was chosen does. */
  #verifyIdentity(now: PinnedContext): void {
    const { server } = this.identity;
    if (server === undefined) return;
    if (isSameCluster({ ...this.identity, context: this.source.context }, identityOf(now, 'context'))) return;
    throw new AppError(
      'conflict',
      `The context ${JSON.stringify(this.source.context)} leads to another cluster than when it was chosen.`,
      {
        explanation:
          server === now.server
            ? `The same address, ${server}, with another certificate authority.`
            : `Now ${now.server}, then ${server}.`,
        remedy: { title: 'Choose Cluster…', action: { kind: 'chooseCluster' } },
      },
    );
  }
}

/** Whether a request of any method lets somebody into what runs. */
function reachesInto(path: string): boolean {
  return /\/(exec|attach|portforward|proxy)(\/|$)/.test(path);
}

async function isSameText(path: string, text: string): Promise<boolean> {
  return (await readFile(path, 'utf8').catch(() => undefined)) === text;
}

async function readText(response: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
