import { isAppError, type AppError } from '../../../core/errors';
import type { KubeConnection } from '../connection/kubeConnection';
import { statusOf } from '../connection/mapError';
import { parseQuantity } from '@coppice/host/parseQuantity';

/** metrics.k8s.io/v1beta1 (https://github.com/kubernetes/metrics). */
interface PodMetricsList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly containers?: readonly { readonly usage?: { readonly cpu?: string; readonly memory?: string } }[];
  }[];
}

export interface Usage {
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** What the pods of a namespace use, by name; or why this cluster does not tell. @throws AppError when it does not answer at all */
export async function readPodUsage(
  connection: KubeConnection,
  namespace: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Usage> | string> {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(namespace)}/pods`;
  try {
    const list = await connection.json<PodMetricsList>(
      { method: 'GET', path, verb: 'list', resource: "the pods' usage" },
      signal,
    );
    const entries = (list.items ?? []).map(({ metadata, containers = [] }): [string, Usage] => {
      const sum = (part: 'cpu' | 'memory'): number =>
        containers.reduce((total, { usage }) => total + (parseQuantity(usage?.[part] ?? '') ?? 0), 0);
      return [metadata?.name ?? '', { cpuCores: sum('cpu'), memoryBytes: sum('memory') }];
    });
    return new Map(entries);
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
