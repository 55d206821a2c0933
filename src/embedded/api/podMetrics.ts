import { kubeTime } from './kubeObject';

/** What a pod's containers use now. */
export interface PodMetrics {
  namespace: string;
  name: string;
  containers: readonly { name: string; cpuCores: number; memoryBytes: number }[];
}

const root = '/apis/metrics.k8s.io/v1beta1/';

/** The metrics API that `kubectl top pods` reads: `…/pods`, `…/namespaces/<ns>/pods[/<name>]`. Undefined for other paths. */
export function metricsDocument(pathname: string, all: readonly PodMetrics[]): object | undefined {
  if (!pathname.startsWith(root)) return undefined;
  const match = /^(?:namespaces\/([^/]+)\/)?pods(?:\/([^/]+))?$/.exec(pathname.slice(root.length));
  if (!match) return undefined;
  const [, namespace, name] = match;
  const found = all.filter((one) => namespace === undefined || one.namespace === namespace);
  if (name === undefined) {
    return { kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items: found.map(podMetrics) };
  }
  const one = found.find((pod) => pod.name === name);
  return one ? podMetrics(one) : undefined;
}

function podMetrics({ namespace, name, containers }: PodMetrics): object {
  return {
    kind: 'PodMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: { name, namespace },
    timestamp: kubeTime(),
    window: '30s',
    containers: containers.map((container) => ({
      name: container.name,
      usage: {
        cpu: `${Math.round(container.cpuCores * 1e9)}n`,
        memory: `${Math.round(container.memoryBytes / 1024)}Ki`,
      },
    })),
  };
}
