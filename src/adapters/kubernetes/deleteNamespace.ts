import { setTimeout as delay } from 'node:timers/promises';
import type { V1Namespace } from '@kubernetes/client-node';
import { AppError, isAppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import { abortError } from '../exec/abort';
import type { KubeConnection } from './connection/kubeConnection';
import { annotationPrefix, isOwnedBy } from './objects/labels';
import { mapNamespace, terminatingReason } from './objects/mapNamespace';
import { readLines } from './connection/readLines';
import { TimeLimit } from './connection/timeLimit';

interface Deletion {
  readonly name: string;
  readonly owner: Owner;
  readonly timeoutMs: number;
}

const retryDelayMs = 500;
/** How long a namespace takes that holds nothing, and how often one that takes longer is brought to mind. */
const remindAfterMs = 6000;

/** Compares the owner, deletes, and waits until the namespace is gone. @throws conflict, timeout, AbortError */
export async function deleteNamespace(
  connection: KubeConnection,
  deletion: Deletion,
  signal?: AbortSignal,
): Promise<void> {
  const limit = new TimeLimit(deletion.timeoutMs, signal);
  const waiting = new NamespaceDeletion(connection, deletion, limit.signal);
  try {
    await waiting.run();
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    if (limit.isOver) throw waiting.timeout(error);
    throw error;
  } finally {
    limit.lift();
  }
}

class NamespaceDeletion {
  #lastSeen: V1Namespace | undefined;

  constructor(
    private readonly connection: KubeConnection,
    private readonly deletion: Deletion,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    const found = await this.#read();
    if (!found) return;
    const { name, owner } = this.deletion;
    if (!isOwnedBy(found.metadata?.labels, owner)) {
      throw new AppError('conflict', `The namespace "${name}" does not belong to this worktree and was left alone.`);
    }
    const uid = found.metadata?.uid ?? '';
    if (!mapNamespace(found).terminating) await this.#delete(uid);
    const reminder = setInterval(() => void this.#remind(uid), remindAfterMs);
    try {
      for (;;) {
        const now = await this.#read();
        if (now?.metadata?.uid !== uid) return;
        this.#lastSeen = now;
        if (await this.#watchUntilGone(uid, now.metadata.resourceVersion)) return;
      }
    } finally {
      clearInterval(reminder);
    }
  }

  /**
   * Kubernetes looks at a namespace that still held something after twice the time each, up to minutes; a change of the
   * namespace makes it look again in five seconds. Never rejects.
   */
  async #remind(uid: string): Promise<void> {
    const annotations = { [`${annotationPrefix}reminded`]: new Date().toISOString() };
    const body = { metadata: { uid, annotations } };
    const contentType = 'application/merge-patch+json';
    await this.connection
      .json(
        { method: 'PATCH', path: this.#path, body, contentType, verb: 'patch', resource: this.#resource },
        this.signal,
      )
      .catch(() => undefined);
  }

  timeout(cause: unknown): AppError {
    const reason = this.#lastSeen && terminatingReason(this.#lastSeen);
    const seconds = Math.round(this.deletion.timeoutMs / 1000);
    const message = `The namespace "${this.deletion.name}" was not gone after ${seconds} s${reason ? `: ${reason}` : '.'}`;
    return new AppError('timeout', message, { cause });
  }

  async #read(): Promise<V1Namespace | undefined> {
    try {
      return await this.connection.json<V1Namespace>(
        { method: 'GET', path: this.#path, verb: 'read', resource: this.#resource },
        this.signal,
      );
    } catch (error) {
      if (isAppError(error, 'notFound')) return undefined;
      throw error;
    }
  }

  /** With the uid as a precondition: another namespace that took the name meanwhile is not the one that was meant. */
  async #delete(uid: string): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid } };
    try {
      await this.connection.json(
        { method: 'DELETE', path: this.#path, body, verb: 'delete', resource: this.#resource },
        this.signal,
      );
    } catch (error) {
      if (isAppError(error, 'notFound')) return;
      if (!isAppError(error, 'conflict')) throw error;
      // Somebody else's delete of the same namespace is as good as ours.
      const now = await this.#read();
      if (now?.metadata?.uid === uid && !mapNamespace(now).terminating) throw error;
    }
  }

  /** @returns false when the watch ended before the namespace did */
  async #watchUntilGone(uid: string, version: string | undefined): Promise<boolean> {
    try {
      const stream = await this.connection.stream(
        {
          method: 'GET',
          path: '/api/v1/namespaces',
          query: {
            watch: 'true',
            fieldSelector: `metadata.name=${this.deletion.name}`,
            resourceVersion: version,
            timeoutSeconds: '30',
          },
          verb: 'watch',
          resource: this.#resource,
        },
        this.signal,
      );
      try {
        for await (const lines of readLines(stream)) {
          for (const line of lines) {
            if (line === '') continue;
            const { type, object } = JSON.parse(line) as { type: string; object: V1Namespace };
            if (type === 'DELETED' && object.metadata?.uid === uid) return true;
            if (type === 'ERROR') return false;
            this.#lastSeen = object;
          }
        }
      } finally {
        stream.destroy();
      }
    } catch (error) {
      this.signal.throwIfAborted();
      if (isAppError(error, 'denied')) throw error;
    }
    await delay(retryDelayMs, undefined, { signal: this.signal });
    return false;
  }

  get #path(): string {
    return `/api/v1/namespaces/${encodeURIComponent(this.deletion.name)}`;
  }

  get #resource(): string {
    return `namespace "${this.deletion.name}"`;
  }
}
