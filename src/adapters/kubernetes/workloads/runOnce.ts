import { setTimeout as delay } from 'node:timers/promises';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { AppError, isAppError } from '../../../core/errors';
import { quotaRefusal } from '../../../core/quotaRefusal';
import type { KubeConnection } from '../connection/kubeConnection';
import { statusOf } from '../connection/mapError';
import { onceAnnotation, serviceLabel } from '../objects/labels';
import { ownDeployments, type OwnedService } from './serviceDeployments';

/** A pod has its grace period, and a node that is busy its own. */
const goneTimeoutMs = 60_000;
const lookEveryMs = 100;

/**
 * A service that runs to its end has a deployment that starts nothing: it holds the pod's template, is what the release owns, and
 * takes the pod with it when it goes. The pod is made here, of that template, and is never started again by the cluster
 * (`restartPolicy: Never`). It is called like its deployment, so that the API server itself lets no two be there at a time.
 *
 * No Job: it cannot be held back before Kubernetes 1.21, cannot be run again, and the embedded cluster has none.
 */
export async function runOnce(
  connection: KubeConnection,
  at: OwnedService,
  signal: AbortSignal | undefined,
): Promise<string> {
  const [deployment] = (await ownDeployments(connection, at, signal)).filter(isOnce);
  if (!deployment)
    throw new AppError('conflict', `The service "${at.service}" in namespace "${at.namespace}" runs to no end.`);
  const pods = new PodOf(connection, at, podOf(deployment), signal);
  const former = await pods.read();
  if (former) await pods.remove(former);
  const until = performance.now() + goneTimeoutMs;
  for (;;) {
    const made = await pods.create();
    if (made) return made;
    const present = await pods.read();
    if (present && present.metadata?.uid !== former?.metadata?.uid)
      throw new AppError('conflict', `Another has just started "${at.service}" in namespace "${at.namespace}".`);
    if (performance.now() > until)
      throw new AppError('timeout', `The last run of "${at.service}" does not end: its pod is still there.`);
    await delay(lookEveryMs, undefined, signal ? { signal } : {});
  }
}

export function isOnce({ metadata }: V1Deployment): boolean {
  return metadata?.annotations?.[onceAnnotation] === 'true';
}

/** With its owner: what nobody controls, a replica set of the same labels would take for its own. */
function podOf({ metadata, spec }: V1Deployment): V1Pod {
  const { metadata: described, spec: wanted } = spec?.template ?? {};
  const name = metadata?.name ?? '';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { ...described?.labels },
      annotations: { ...described?.annotations, [onceAnnotation]: 'true' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name, uid: metadata?.uid ?? '', controller: true },
      ],
    },
    spec: { ...wanted, containers: wanted?.containers ?? [], restartPolicy: 'Never' },
  };
}

/** The one pod of a name. */
class PodOf {
  readonly #resource: string;
  readonly #path: string;

  constructor(
    private readonly connection: KubeConnection,
    private readonly at: OwnedService,
    private readonly pod: V1Pod,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#resource = `pod "${pod.metadata?.name ?? ''}"`;
    this.#path = `/api/v1/namespaces/${encodeURIComponent(at.namespace)}/pods`;
  }

  /** @throws conflict when it is not of this service */
  async read(): Promise<V1Pod | undefined> {
    const found = await this.connection
      .json<V1Pod>({ method: 'GET', path: this.#named, verb: 'read', resource: this.#resource }, this.signal)
      .catch(undefinedIf('notFound'));
    if (found && found.metadata?.labels?.[serviceLabel] !== this.at.service)
      throw new AppError(
        'conflict',
        `The ${this.#resource} in namespace "${this.at.namespace}" is of no such service.`,
      );
    return found;
  }

  async remove({ metadata }: V1Pod): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: metadata?.uid } };
    await this.connection
      .json({ method: 'DELETE', path: this.#named, body, verb: 'delete', resource: this.#resource }, this.signal)
      // Another one of that name: what is there now is looked at next.
      .catch(undefinedIf('notFound', 'conflict'));
  }

  /** @returns its uid; undefined: one of that name is there */
  async create(): Promise<string | undefined> {
    try {
      const made = await this.connection.json<V1Pod>(
        { method: 'POST', path: this.#path, body: this.pod, verb: 'make', resource: this.#resource },
        this.signal,
      );
      return made.metadata?.uid ?? '';
    } catch (error) {
      if (statusOf(error) === 409) return undefined;
      const refusal = isAppError(error, 'denied') ? quotaRefusal(error.explanation ?? '') : undefined;
      throw refusal === undefined ? error : new AppError('denied', `${this.at.service} cannot run: ${refusal}`);
    }
  }

  get #named(): string {
    return `${this.#path}/${encodeURIComponent(this.pod.metadata?.name ?? '')}`;
  }
}

function undefinedIf(...codes: readonly ('notFound' | 'conflict')[]): (error: unknown) => undefined {
  return (error) => {
    if (codes.some((code) => isAppError(error, code))) return undefined;
    throw error;
  };
}
