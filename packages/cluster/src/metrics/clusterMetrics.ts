import { gatewayMetrics } from '../contract';
import { numberAt, recordsAt, textAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import type { Gateway } from '../gateway/gateway';
import { latencyBounds, type ServiceRequests } from '../gateway/requestCounts';
import type { ContainerUse, PodUsage } from './podUsage';
import { PrometheusText } from './prometheusText';

/** What charts of Coppice and of others call the service that a pod belongs to. */
const SERVICE_LABELS = ['coppice.dev/service', 'app.kubernetes.io/name'];

export interface ClusterMetricsParts {
  objects: Pick<ObjectStore, 'list'>;
  gateway: Pick<Gateway, 'requests'>;
  usage: Pick<PodUsage, 'read'>;
  version: string;
  log(message: string): void;
}

/**
 * `/metrics`: what cAdvisor and kube-state-metrics tell of a Kubernetes under the names that they have there, so that the same
 * queries serve both; and what only the gateway knows. Never rejects: what cannot be read is left out.
 */
export async function clusterMetrics({ objects, gateway, usage, version, log }: ClusterMetricsParts): Promise<string> {
  const containers = await usage.read().catch((error: unknown) => {
    log(`metrics: ${String(error)}`);
    return [];
  });
  const pods = objects.list('Pod').items.filter((pod) => pod.metadata.namespace !== undefined);
  const text = new PrometheusText();
  addRequests(text, gateway.requests());
  addUsage(text, pods, containers);
  text.counter(
    'kube_pod_container_status_restarts_total',
    'How often a container was started again.',
    pods.flatMap((pod) =>
      recordsAt(pod, 'status', 'containerStatuses').map((status) => {
        const labels = labelsOf(pod, textAt(status, 'name') ?? '');
        return [labels, numberAt(status, 'restartCount') ?? 0] as const;
      }),
    ),
  );
  addOwn(text, version);
  return text.toString();
}

function addRequests(text: PrometheusText, requests: readonly ServiceRequests[]): void {
  text.counter(
    gatewayMetrics.requests,
    'Requests through the gateway; 101 is an opened WebSocket, 499 a client that left before it was answered.',
    requests.flatMap(({ namespace, service, requests: entries }) =>
      entries.map(({ code, method, count }) => [{ namespace, service, code, method }, count] as const),
    ),
  );
  text.histogram(
    gatewayMetrics.durations,
    'Time until the whole answer was sent, without streams and WebSockets.',
    latencyBounds,
    requests.map(({ namespace, service, latency }) => [{ namespace, service }, latency] as const),
  );
  text.gauge(
    gatewayMetrics.openWebSockets,
    'WebSockets through the gateway that are open now.',
    requests.map(({ namespace, service, openWebSockets }) => [{ namespace, service }, openWebSockets] as const),
  );
}

function addUsage(text: PrometheusText, pods: readonly KubeObject[], containers: readonly ContainerUse[]): void {
  const byUid = new Map(pods.map((pod) => [pod.metadata.uid, pod]));
  const known = containers.flatMap((use) => {
    const pod = byUid.get(use.podUid);
    return pod ? [{ ...use, labels: labelsOf(pod, use.container) }] : [];
  });
  text.counter(
    'container_cpu_usage_seconds_total',
    'Processor time of a container: its process and all that it started.',
    known.map(({ labels, cpuSeconds }) => [labels, cpuSeconds] as const),
  );
  text.gauge(
    'container_memory_working_set_bytes',
    'Resident memory of a container: its process and all that it started; what they share is counted for each.',
    known.map(({ labels, memoryBytes }) => [labels, memoryBytes] as const),
  );
}

function addOwn(text: PrometheusText, version: string): void {
  const { user, system } = process.cpuUsage();
  text.counter('process_cpu_seconds_total', 'Processor time of the cluster itself.', [[{}, (user + system) / 1e6]]);
  text.gauge('process_resident_memory_bytes', 'Resident memory of the cluster itself.', [
    [{}, process.memoryUsage.rss()],
  ]);
  const started = Math.round(Date.now() - process.uptime() * 1000) / 1000;
  text.gauge('process_start_time_seconds', 'When the cluster started, since the epoch.', [[{}, started]]);
  text.gauge('coppice_build_info', 'Always 1; its label says the version.', [[{ version }, 1]]);
}

function labelsOf(pod: KubeObject, container: string): Readonly<Record<string, string>> {
  const { namespace = 'default', name } = pod.metadata;
  return { namespace, pod: name, container, service: serviceOf(pod) };
}

/** Of which service it is; '': of none. */
export function serviceOf({ metadata: { labels = {} } }: KubeObject): string {
  return SERVICE_LABELS.map((label) => labels[label]).find((value) => value !== undefined) ?? '';
}
