import type { V1Deployment, V1Node, V1Service } from '@kubernetes/client-node';
import { AppError } from '../../core/errors';
import type { ClusterReadiness, KubeconfigOfCluster } from '../../core/ports/localClusters';
import { abortError } from '../exec/abort';
import { KubeConnection } from './connection/kubeConnection';
import type { ListRequest } from './connection/listInPages';
import { ResourceWatch } from './watch/resourceWatch';
import { defaultWatchTiming, type WatchTiming } from './watch/watchTiming';

export interface LocalReadinessOptions {
  /** How long each wait may take. Milliseconds. */
  readonly timeoutMs?: number;
  readonly timing?: Partial<WatchTiming>;
}

/** Where k3s puts Traefik, and how it calls it. */
const traefik = { namespace: 'kube-system', name: 'traefik' } as const;

/** Waits on watches: what is ready is known as soon as the API tells it. */
export class LocalReadiness implements ClusterReadiness {
  readonly #timeoutMs: number;
  readonly #timing: WatchTiming;

  constructor(options: LocalReadinessOptions = {}) {
    this.#timeoutMs = options.timeoutMs ?? 300_000;
    this.#timing = { ...defaultWatchTiming, ...options.timing };
  }

  async awaitApi(at: KubeconfigOfCluster, signal?: AbortSignal): Promise<void> {
    await this.#await<V1Node>(at, { path: '/api/v1/nodes', query: {}, resource: 'nodes' }, nodeTrouble, signal);
  }

  async awaitIngress(at: KubeconfigOfCluster, signal?: AbortSignal): Promise<void> {
    const query = { fieldSelector: `metadata.name=${traefik.name}` };
    const namespace = `namespaces/${traefik.namespace}`;
    const deployments = { path: `/apis/apps/v1/${namespace}/deployments`, query, resource: 'deployment "traefik"' };
    const services = { path: `/api/v1/${namespace}/services`, query, resource: 'service "traefik"' };
    await this.#await<V1Deployment>(at, deployments, deploymentTrouble, signal);
    // Only with an address do the nodes' own ports lead to it.
    await this.#await<V1Service>(at, services, serviceTrouble, signal);
  }

  /** @param trouble why what there is does not suffice; undefined: it does */
  #await<T extends { metadata?: { name?: string; resourceVersion?: string } }>(
    { identity, kubeconfig }: KubeconfigOfCluster,
    request: ListRequest,
    trouble: (items: readonly T[]) => string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const connection = new KubeConnection({ path: kubeconfig, context: identity.context }, identity);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal));
      const items = new Map<string, T>();
      let why: string | undefined = `The cluster at ${identity.server} has not answered yet.`;
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        watch.dispose();
        act();
      };
      const look = (): void => {
        why = trouble([...items.values()]);
        if (why === undefined) settle(resolve);
      };
      const onAbort = (): void => settle(() => reject(signal && abortError(signal)));
      const timer = setTimeout(() => {
        const seconds = Math.round(this.#timeoutMs / 1000);
        settle(() => reject(new AppError('timeout', `The cluster was not ready within ${seconds} s: ${why ?? ''}`)));
      }, this.#timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      const watch = new ResourceWatch<T>(connection, request, this.#timing, () => this.#timing.longestLocalPauseMs, {
        onList: (all) => {
          items.clear();
          for (const item of all) items.set(item.metadata?.name ?? '', item);
          look();
        },
        onChange: ({ type, object }) => {
          if (type === 'DELETED') items.delete(object.metadata?.name ?? '');
          else items.set(object.metadata?.name ?? '', object);
          look();
        },
        onState: (failure) => {
          if (failure?.code === 'denied' || failure?.code === 'conflict') settle(() => reject(failure));
          else if (failure) why = failure.message;
        },
      });
    });
  }
}

function nodeTrouble(nodes: readonly V1Node[]): string | undefined {
  const isReady = ({ status }: V1Node): boolean =>
    status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
  return nodes.some(isReady) ? undefined : 'no node is ready.';
}

function deploymentTrouble([deployment]: readonly V1Deployment[]): string | undefined {
  if (!deployment) return 'k3s has not installed Traefik yet (its image may still be on its way).';
  const condition = deployment.status?.conditions?.find(({ type }) => type === 'Available');
  if (condition?.status === 'True') return undefined;
  return `Traefik is not available${condition?.message ? `: ${condition.message}` : ' yet.'}`;
}

function serviceTrouble([service]: readonly V1Service[]): string | undefined {
  const addresses = service?.status?.loadBalancer?.ingress ?? [];
  return addresses.length > 0 ? undefined : 'no node leads to Traefik yet: its service has no address.';
}
