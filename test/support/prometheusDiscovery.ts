import { parse, stringify } from 'yaml';
import type { KubeConnection } from './kubeConnection';

/**
 * Debian builds Prometheus without its discovery by Kubernetes. This stands in for it by Prometheus' own discovery over HTTP:
 * a pod that says what it was told last, targets of pods and nodes with the labels __meta_kubernetes_… that Prometheus'
 * documentation says. All that follows, what is kept and how it is labelled, is Prometheus and the chart's configuration.
 */
export const discoveryProgram = `
const told = new Map();
require('node:http').createServer((request, response) => {
  if (request.method !== 'POST') return response.setHeader('content-type', 'application/json').end(told.get(request.url) ?? '[]');
  let text = '';
  request.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => {
    told.set(request.url, text);
    response.end();
  });
}).listen(8080);
`;

interface Target {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What Prometheus would find by each of its roles, of the cluster as it is now. */
export async function discover(api: KubeConnection): Promise<{ readonly pod: Target[]; readonly node: Target[] }> {
  const list = async (plural: string): Promise<Listed[]> => (await api.call('GET', `/api/v1/${plural}`)).json.items;
  const [pods, nodes] = await Promise.all([list('pods'), list('nodes')]);
  return { pod: pods.filter(({ status }) => status.podIP).flatMap(ofPod), node: nodes.map(ofNode) };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- pods and nodes as the API gives them
type Listed = any;

function ofPod({ metadata, spec, status }: Listed): Target[] {
  const ports: string[] = spec.containers.flatMap(({ ports: all = [] }: Listed) =>
    all.map(({ containerPort }: Listed) => `:${containerPort}`),
  );
  const labels = {
    __meta_kubernetes_namespace: metadata.namespace,
    __meta_kubernetes_pod_name: metadata.name,
    __meta_kubernetes_pod_ip: status.podIP,
    __meta_kubernetes_pod_phase: status.phase,
    ...marks('pod_label', metadata.labels),
    ...marks('pod_annotation', metadata.annotations),
  };
  return (ports.length > 0 ? ports : ['']).map((port) => ({ targets: [`${status.podIP}${port}`], labels }));
}

function ofNode({ metadata, status }: Listed): Target {
  const { address } = status.addresses.find(({ type }: Listed) => type === 'InternalIP');
  const { Port: port } = status.daemonEndpoints.kubeletEndpoint;
  return { targets: [`${address}:${port}`], labels: { __meta_kubernetes_node_name: metadata.name } };
}

function marks(prefix: string, values: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const name = key.replace(/[^a-zA-Z0-9_]/g, '_');
      return [
        [`__meta_kubernetes_${prefix}_${name}`, value],
        [`__meta_kubernetes_${prefix}present_${name}`, 'true'],
      ];
    }),
  );
}

/** A configuration of Prometheus whose discovery by Kubernetes is asked of the stand-in. */
export function withDiscovery(config: string, address: string): string {
  const parsed = parse(config);
  for (const job of parsed.scrape_configs) {
    const { kubernetes_sd_configs: kubernetes, ...rest } = job;
    if (!kubernetes) continue;
    for (const key of Object.keys(job)) delete job[key];
    const http = kubernetes.map(({ role }: { role: string }) => ({
      url: `${address}/${role}`,
      refresh_interval: '2s',
    }));
    Object.assign(job, rest, { http_sd_configs: http });
  }
  return stringify(parsed);
}
