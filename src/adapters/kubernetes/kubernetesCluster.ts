import type { V1Namespace, V1ObjectMeta, V1PersistentVolumeClaim, V1Secret } from '@kubernetes/client-node';
import { traitsOf } from '../../core/clusterTraits';
import { AppError, isAppError } from '../../core/errors';
import type { EnvironmentFacts } from '../../core/facts';
import type { ClusterIdentity, Owner } from '../../core/model';
import type {
  ClaimNamespace,
  Cluster,
  ClusterAccess,
  ClusterWatch,
  NamespaceRecord,
  OfRepositories,
  VolumeClaim,
} from '../../core/ports/cluster';
import type { Logger } from '../../core/ports/host';
import { deleteNamespace } from './deleteNamespace';
import { EnvironmentIndex, type ResourceName } from './watch/environmentIndex';
import { EnvironmentWatch } from './watch/environmentWatch';
import { KubeConnection, type KubeconfigSource } from './connection/kubeConnection';
import {
  annotationPrefix,
  isOwnedBy,
  ownerLabels,
  podSecurityLabels,
  repositoryLabel,
  serviceLabel,
} from './objects/labels';
import { listInPages } from './connection/listInPages';
import { mapNamespace } from './objects/mapNamespace';
import { optionalResources, resourceLists, resourcesOf } from './watch/resourceLists';
import { verifyNamespace, verifyUsable } from './objects/verifyNamespace';
import { defaultWatchTiming, type WatchTiming } from './watch/watchTiming';

export interface KubernetesClusterOptions {
  readonly identity: ClusterIdentity;
  /** The only kubeconfig that is ever read: never the user's own current context. */
  readonly kubeconfig: KubeconfigSource;
  /** Starts the cluster where that is ours to do; resolves when it answers. Idempotent. */
  readonly start?: (signal?: AbortSignal, tell?: (line: string) => void) => Promise<unknown>;
  /** Why it cannot save what it is told, where that is known. */
  readonly stateTrouble?: (signal?: AbortSignal) => Promise<string | undefined>;
  /** Why it would not do what it is asked for, where that is known. */
  readonly contractTrouble?: () => Promise<string | undefined>;
  readonly log: Logger;
  readonly timing?: Partial<WatchTiming>;
  /** Port of all URLs, where it is known from elsewhere than the ingress itself; asked for each ingress that comes. */
  readonly ingressPort?: () => number | undefined;
  /** The same, where each ingress says it itself. */
  readonly gatewayPort?: () => Promise<number | undefined>;
  /** How long a namespace may take to go. Milliseconds. */
  readonly deleteTimeoutMs?: number;
}

const probeTimeoutMs = 3000;
const writeAttempts = 5;

/** A cluster that is reached by a kubeconfig: the embedded one or any Kubernetes. */
export class KubernetesCluster implements Cluster {
  readonly identity: ClusterIdentity;
  /** What works on the same cluster goes the same way. */
  readonly connection: KubeConnection;
  readonly #options: KubernetesClusterOptions;
  readonly #timing: WatchTiming;

  constructor(options: KubernetesClusterOptions) {
    this.#options = options;
    this.identity = options.identity;
    this.connection = new KubeConnection(options.kubeconfig, options.identity);
    this.#timing = { ...defaultWatchTiming, ...options.timing };
  }

  async connect(signal?: AbortSignal, tell?: (line: string) => void): Promise<ClusterAccess> {
    await this.#options.start?.(signal, tell);
    return this.#ask(undefined, signal);
  }

  async probe(signal?: AbortSignal): Promise<ClusterAccess | undefined> {
    try {
      return await this.#ask(probeTimeoutMs, signal);
    } catch (error) {
      // Only ours has no kubeconfig before it was started; without one of the user's nobody can say where to ask.
      const isUnstarted = traitsOf(this.identity).canStart === 'onUse' && isAppError(error, 'notConfigured');
      if (isUnstarted || isAppError(error, 'unreachable') || isAppError(error, 'timeout')) return undefined;
      throw error;
    }
  }

  async stateTrouble(signal?: AbortSignal): Promise<string | undefined> {
    return this.#options.stateTrouble?.(signal);
  }

  async contractTrouble(): Promise<string | undefined> {
    return this.#options.contractTrouble?.();
  }

  async urlPort(): Promise<number | undefined> {
    return this.#options.ingressPort?.() ?? (await this.#options.gatewayPort?.());
  }

  async readNamespace(name: string, signal?: AbortSignal): Promise<NamespaceRecord | undefined> {
    const namespace = await this.#find<V1Namespace>(namespacePath(name), `namespace "${name}"`, signal);
    return namespace && mapNamespace(namespace);
  }

  async listNamespaces(signal?: AbortSignal): Promise<NamespaceRecord[]> {
    const { items } = await listInPages<V1Namespace>(this.connection, resourceLists(undefined).namespaces, signal);
    return items.map(mapNamespace).filter((record) => record.owner !== undefined);
  }

  async claimNamespace(request: ClaimNamespace, signal?: AbortSignal): Promise<'created' | 'found'> {
    const { name, owner } = request;
    const annotations = Object.fromEntries(
      Object.entries(request.annotations).map(([key, value]) => [annotationPrefix + key, value]),
    );
    const security = podSecurityLabels(request.podSecurity ?? 'baseline');
    const body: V1Namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { ...ownerLabels(owner), ...security }, annotations },
    };
    for (let attempt = 1; ; attempt++) {
      try {
        await this.connection.json(
          { method: 'POST', path: '/api/v1/namespaces', body, verb: 'create', resource: `namespace "${name}"` },
          signal,
        );
        return 'created';
      } catch (error) {
        if (!isAppError(error, 'conflict')) throw error;
        const found = await this.#find<V1Namespace>(namespacePath(name), `namespace "${name}"`, signal);
        // Gone between the two requests: then it can be had.
        if (!found && attempt < writeAttempts) continue;
        if (!found) throw error;
        verifyUsable(mapNamespace(found), owner);
        const isCurrent = hasAll(found.metadata?.annotations, annotations) && hasAll(found.metadata?.labels, security);
        if (!isCurrent) await this.#mark(found, { labels: security, annotations }, signal);
        return 'found';
      }
    }
  }

  async deleteNamespace(name: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    await deleteNamespace(
      this.connection,
      { name, owner, timeoutMs: this.#options.deleteTimeoutMs ?? 120_000 },
      signal,
    );
  }

  async putSecret(
    namespace: string,
    name: string,
    data: Readonly<Record<string, string>>,
    owner: Owner,
    signal?: AbortSignal,
  ): Promise<void> {
    await verifyNamespace(this.connection, namespace, owner, signal);
    const folder = `${namespacePath(namespace)}/secrets`;
    const resource = `secret "${name}" in namespace "${namespace}"`;
    const encoded = Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    );
    for (let attempt = 1; ; attempt++) {
      const found = await this.#find<V1Secret>(`${folder}/${encodeURIComponent(name)}`, resource, signal);
      if (found && !isOwnedBy(found.metadata?.labels, owner)) {
        throw new AppError('conflict', `The ${resource} is there already and belongs to something else.`);
      }
      const { uid, resourceVersion } = found?.metadata ?? {};
      const precondition = uid !== undefined && resourceVersion !== undefined ? { uid, resourceVersion } : {};
      const body: V1Secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'Opaque',
        metadata: { name, namespace, labels: ownerLabels(owner), ...precondition },
        data: encoded,
      };
      try {
        await this.connection.json(
          found
            ? { method: 'PUT', path: `${folder}/${encodeURIComponent(name)}`, body, verb: 'replace', resource }
            : { method: 'POST', path: folder, body, verb: 'create', resource },
          signal,
        );
        return;
      } catch (error) {
        const isRace = isAppError(error, 'conflict') || (found !== undefined && isAppError(error, 'notFound'));
        if (!isRace || attempt >= writeAttempts) throw error;
      }
    }
  }

  async readSecret(
    namespace: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, string>> | undefined> {
    const path = `${namespacePath(namespace)}/secrets/${encodeURIComponent(name)}`;
    const secret = await this.#find<V1Secret>(path, `secret "${name}" in namespace "${namespace}"`, signal);
    if (!secret) return undefined;
    return Object.fromEntries(
      Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    );
  }

  async listClaims(namespace: string, signal?: AbortSignal): Promise<readonly VolumeClaim[]> {
    const path = `${namespacePath(namespace)}/persistentvolumeclaims`;
    const list = { path, query: {}, resource: `persistent volume claims in namespace "${namespace}"` };
    const { items } = await listInPages<V1PersistentVolumeClaim>(this.connection, list, signal);
    return items.map(({ metadata, spec }) => ({
      name: metadata?.name ?? '',
      service: metadata?.labels?.[serviceLabel],
      size: spec?.resources?.requests?.['storage'],
    }));
  }

  async read(of: OfRepositories, signal?: AbortSignal): Promise<EnvironmentFacts[]> {
    const index = new EnvironmentIndex(this.#options.ingressPort);
    const lists = resourceLists(of);
    const read = async <N extends ResourceName>(resource: N): Promise<void> => {
      const { items } = await listInPages<Parameters<typeof index.replace<N>>[1][number]>(
        this.connection,
        lists[resource],
        signal,
      );
      index.replace(resource, items);
    };
    await Promise.all(
      resourcesOf(this.identity).map((resource) =>
        read(resource).catch((error: unknown) => {
          const isMissing = isAppError(error, 'denied') || isAppError(error, 'notFound');
          // Without these there are environments all the same.
          if (!optionalResources.has(resource) || !isMissing) throw error;
        }),
      ),
    );
    return [...index.environments()];
  }

  watch(of: OfRepositories): ClusterWatch {
    const { log, ingressPort } = this.#options;
    return new EnvironmentWatch(this.connection, of, this.#timing, log, ingressPort, resourcesOf(this.identity));
  }

  /** Asks what every use needs, so that a missing right is found out here. */
  async #ask(timeoutMs: number | undefined, signal: AbortSignal | undefined): Promise<ClusterAccess> {
    await this.connection.json(
      {
        method: 'GET',
        path: '/api/v1/namespaces',
        query: { labelSelector: repositoryLabel, limit: '1' },
        verb: 'list',
        resource: 'namespaces',
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
      signal,
    );
    return this.connection.access();
  }

  async #find<T>(path: string, resource: string, signal: AbortSignal | undefined): Promise<T | undefined> {
    try {
      return await this.connection.json<T>({ method: 'GET', path, verb: 'read', resource }, signal);
    } catch (error) {
      if (isAppError(error, 'notFound')) return undefined;
      throw error;
    }
  }

  /** With the uid: another namespace of that name, made meanwhile, is left alone. */
  async #mark(
    { metadata }: V1Namespace,
    marks: Pick<V1ObjectMeta, 'labels' | 'annotations'>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { name = '', uid } = metadata ?? {};
    await this.connection.json(
      {
        method: 'PATCH',
        path: namespacePath(name),
        body: { metadata: { uid, ...marks } },
        contentType: 'application/merge-patch+json',
        verb: 'patch',
        resource: `namespace "${name}"`,
      },
      signal,
    );
  }
}

function namespacePath(name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(name)}`;
}

function hasAll(
  found: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([key, text]) => found?.[key] === text);
}
