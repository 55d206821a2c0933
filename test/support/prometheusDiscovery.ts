import { parse, stringify } from 'yaml';

/**
 * Debian builds Prometheus without its discovery by Kubernetes. This stands in for it, in a pod, by Prometheus' own discovery
 * over HTTP: targets of pods and nodes, with the labels __meta_kubernetes_… that Prometheus' documentation says. All that
 * follows, what is kept and how it is labelled, is Prometheus and the chart's configuration.
 */
export const discoveryProgram = `
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { request } = require('node:https');
const account = '/var/run/secrets/kubernetes.io/serviceaccount/';
const list = (plural) => new Promise((resolve, reject) => {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  const headers = { authorization: 'Bearer ' + readFileSync(account + 'token', 'utf8') };
  const call = request({ host, port, path: '/api/v1/' + plural, headers, ca: readFileSync(account + 'ca.crt') }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => {
      if (answer.statusCode === 200) resolve(JSON.parse(text).items);
      else reject(new Error(text));
    });
  });
  call.on('error', reject).end();
});
const each = (prefix, marks) => Object.fromEntries(Object.entries(marks ?? {}).flatMap(([key, value]) => {
  const name = key.replace(/[^a-zA-Z0-9_]/g, '_');
  return [['__meta_kubernetes_' + prefix + '_' + name, value], ['__meta_kubernetes_' + prefix + 'present_' + name, 'true']];
}));
const targets = {
  pod: async () => (await list('pods')).filter(({ status }) => status.podIP).flatMap(({ metadata, spec, status }) => {
    const ports = spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => ':' + containerPort));
    return (ports.length > 0 ? ports : ['']).map((port) => ({
      targets: [status.podIP + port],
      labels: {
        __meta_kubernetes_namespace: metadata.namespace,
        __meta_kubernetes_pod_name: metadata.name,
        __meta_kubernetes_pod_ip: status.podIP,
        __meta_kubernetes_pod_phase: status.phase,
        ...each('pod_label', metadata.labels),
        ...each('pod_annotation', metadata.annotations),
      },
    }));
  }),
  node: async () => (await list('nodes')).map(({ metadata, status }) => ({
    targets: [status.addresses.find(({ type }) => type === 'InternalIP').address + ':' + status.daemonEndpoints.kubeletEndpoint.Port],
    labels: { __meta_kubernetes_node_name: metadata.name },
  })),
};
createServer((asked, response) => {
  const find = targets[asked.url.slice(1)] ?? (async () => []);
  find().then(
    (found) => response.setHeader('content-type', 'application/json').end(JSON.stringify(found)),
    (error) => response.writeHead(500).end(String(error)),
  );
}).listen(8080);
`;

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
