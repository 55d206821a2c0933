import { isAppError, type AppError } from '../../../core/errors';
import type { EnvironmentUsage } from '../../../core/ports/usages';
import type { KubeConnection } from '../connection/kubeConnection';
import { statusOf } from '../connection/mapError';
import { repositoryLabel } from '../objects/labels';
import { atOnceParameter } from '@coppice/cluster/contract';
import { parseQuantity } from '@coppice/host/parseQuantity';

/** metrics.k8s.io/v1beta1 (https://github.com/kubernetes/metrics). */
interface PodMetricsList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
    readonly containers?: readonly { readonly usage?: { readonly cpu?: string; readonly memory?: string } }[];
  }[];
}

/** What the pods of a namespace use, by name; or why this cluster does not tell. @throws AppError when it does not answer at all */
export async function readPodUsage(
  connection: KubeConnection,
  namespace: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, EnvironmentUsage> | string> {
  const items = await readItems(connection, `/namespaces/${encodeURIComponent(namespace)}/pods`, {}, signal);
  return typeof items === 'string' ? items : new Map(items.map(({ pod, usage }) => [pod, usage]));
}

/**
 * The same of all environments, by namespace. The embedded cluster answers without waiting for a window to measure processors in; others
 * do not know that word.
 */
export async function readNamespaceUsage(
  connection: KubeConnection,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, EnvironmentUsage> | string> {
  const items = await readAllPodUsage(connection, signal);
  if (typeof items === 'string') return items;
  const sums = new Map<string, EnvironmentUsage>();
  for (const { namespace, usage } of items) {
    const { cpuCores, memoryBytes } = sums.get(namespace) ?? { cpuCores: 0, memoryBytes: 0 };
    sums.set(namespace, {
      cpuCores: cpuCores + usage.cpuCores,
      memoryBytes: memoryBytes + usage.memoryBytes,
    });
  }
  return sums;
}

/** The same, pod by pod. */
export async function readAllPodUsage(
  connection: KubeConnection,
  signal: AbortSignal,
): Promise<readonly PodUsed[] | string> {
  return readItems(connection, '/pods', { labelSelector: repositoryLabel, [atOnceParameter]: 'true' }, signal);
}

export interface PodUsed {
  readonly namespace: string;
  readonly pod: string;
  readonly usage: EnvironmentUsage;
}

async function readItems(
  connection: KubeConnection,
  place: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly PodUsed[] | string> {
  const path = `/apis/metrics.k8s.io/v1beta1${place}`;
  try {
    const list = await connection.json<PodMetricsList>(
      { method: 'GET', path, query, verb: 'list', resource: "the pods' usage" },
      signal,
    );
    return (list.items ?? []).map(({ metadata, containers = [] }): PodUsed => {
      const sum = (part: 'cpu' | 'memory'): number =>
        containers.reduce((total, { usage }) => total + (parseQuantity(usage?.[part] ?? '') ?? 0), 0);
      return {
        namespace: metadata?.namespace ?? '',
        pod: metadata?.name ?? '',
        usage: { cpuCores: sum('cpu'), memoryBytes: sum('memory') },
      };
    });
  } catch (error) {
    if (!isAppError(error) || statusOf(error) === undefined) throw error;
    return reasonOf(error);
  }
}

function reasonOf(error: AppError): string {
  switch (statusOf(error)) {
    case 404:
      return 'This cluster does not measure CPU and memory: it has no metrics-server (metrics.k8s.io).';
    case 401:
    case 403:
      return 'This user may not read what pods use (pods.metrics.k8s.io) in this cluster.';
    default:
      return error.explanation ? `${error.message} ${error.explanation}` : error.message;
  }
}
