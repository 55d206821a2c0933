import { atOnceParameter } from '../contract';
import { kubeTime } from '../schema/kubeObject';
import { parseLabelSelector } from '../schema/labelSelector';
import { StatusError } from '../schema/statusError';
import type { NodeMetrics, PodMetrics, UsageSource } from './usageSource';

const apiVersion = 'metrics.k8s.io/v1beta1';
const root = `/apis/${apiVersion}/`;

export const isMetricsPath = (pathname: string): boolean => pathname.startsWith(root);

/**
 * The metrics API that `kubectl top` reads: `nodes[/<name>]`, `pods`, `namespaces/<ns>/pods[/<name>]`, with label selectors.
 * Undefined for other paths. Rejects with a StatusError.
 */
export async function metricsDocument(
  pathname: string,
  query: URLSearchParams,
  source: UsageSource,
): Promise<object | undefined> {
  const match = /^(?:(nodes)|(?:namespaces\/([^/]+)\/)?(pods))(?:\/([^/]+))?$/.exec(pathname.slice(root.length));
  if (!match) return undefined;
  const [, isNodes, namespace, , name] = match;
  if (isNodes === undefined && namespace === undefined && name !== undefined) return undefined;
  const matches = parseLabelSelector(query.get('labelSelector') ?? '');
  const pods = (): Promise<readonly PodMetrics[]> => (query.has(atOnceParameter) ? source.podsAtOnce() : source.pods());
  const found =
    isNodes === undefined
      ? (await ask(pods())).filter((pod) => namespace === undefined || pod.namespace === namespace)
      : await ask(source.nodes());
  const kind = isNodes === undefined ? 'PodMetrics' : 'NodeMetrics';
  if (name === undefined) {
    const items = found.filter(({ labels }) => matches(labels)).map(toDocument);
    return { kind: `${kind}List`, apiVersion, metadata: {}, items };
  }
  const one = found.find((candidate) => candidate.name === name);
  const plural = isNodes === undefined ? 'pods' : 'nodes';
  if (!one) throw StatusError.notFound({ group: 'metrics.k8s.io', plural }, name);
  return toDocument(one);
}

async function ask<T>(figures: Promise<T>): Promise<T> {
  try {
    return await figures;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StatusError(503, 'ServiceUnavailable', `this machine does not tell what its processes use: ${why}`);
  }
}

function toDocument(one: PodMetrics | NodeMetrics): object {
  const { name, labels, at, windowMs } = one;
  const isPod = 'containers' in one;
  return {
    kind: isPod ? 'PodMetrics' : 'NodeMetrics',
    apiVersion,
    metadata: { name, ...(isPod ? { namespace: one.namespace } : {}), creationTimestamp: kubeTime(), labels },
    timestamp: kubeTime(new Date(at)),
    window: `${windowMs / 1000}s`,
    ...(isPod
      ? { containers: one.containers.map((container) => ({ name: container.name, usage: usageOf(container) })) }
      : { usage: usageOf(one) }),
  };
}

function usageOf({ cpuCores, memoryBytes }: { cpuCores: number; memoryBytes: number }): object {
  return { cpu: `${Math.round(cpuCores * 1e9)}n`, memory: `${Math.round(memoryBytes / 1024)}Ki` };
}
