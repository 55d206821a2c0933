import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConnection } from '../../src/adapters/kubernetes/connection/kubeConnection';
import { KubernetesTelemetry } from '../../src/adapters/kubernetes/telemetry/kubernetesTelemetry';
import type { TelemetryHarness } from '../contract/kubernetes/telemetryContract';
import { kubernetesHarness, silentLog } from './kubernetesHarness';
import { printing } from './lines';
import type { Place } from './place';
import { until } from './until';

/** Telemetry of a cluster that is reached by a kubeconfig, with a namespace of its own. */
export async function telemetryHarness(place: Place): Promise<TelemetryHarness> {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  const owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
  const namespace = `worktree-telemetry-${mark}`;
  const isEmbedded = place.kind === 'embedded';
  const annotations: Record<string, string> = isEmbedded ? { 'coppice.dev/folder': place.folder } : {};
  const harness = kubernetesHarness(place.kubeconfig, place.image, printing(place.node), annotations);
  const connection = new KubeConnection(place.kubeconfig, { kind: 'context' });
  await harness.cluster.claimNamespace({ name: namespace, owner, annotations: {} });
  const web = isEmbedded ? await routedWeb(connection, namespace, `telemetry-${mark}.localhost`) : undefined;
  return {
    telemetry: new KubernetesTelemetry(connection, silentLog, {
      ...{ intervalMs: 300, firstWindowMs: 100 },
      keepsPast: isEmbedded,
    }),
    namespace,
    keepsPast: isEmbedded,
    measuresUsage: isEmbedded || (await hasMetricsServer(connection)),
    async runService(name, lines, exitCode) {
      await harness.runService(namespace, owner, name, { lines, ...(exitCode === undefined ? {} : { exitCode }) });
    },
    request: web?.request,
    async dispose() {
      web?.server.close();
      await harness.cluster.deleteNamespace(namespace, owner);
      await harness.dispose();
      await place.dispose();
    },
  };
}

async function hasMetricsServer(connection: KubeConnection): Promise<boolean> {
  const path = '/apis/metrics.k8s.io/v1beta1';
  const found = connection.json({ method: 'GET', path, verb: 'read', resource: 'the metrics API' });
  return found.then(
    () => true,
    () => false,
  );
}

/** A service and a route to it; what its pods would answer is answered by this process. */
async function routedWeb(connection: KubeConnection, namespace: string, host: string) {
  const server: Server = createServer((_, response) => setTimeout(() => response.end('ok'), 5));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const make = (group: string, plural: string, body: object): Promise<unknown> =>
    connection.json({
      method: 'POST',
      path: `/${group}/namespaces/${namespace}/${plural}`,
      body,
      verb: 'create',
      resource: plural,
    });
  await make('api/v1', 'services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { 'coppice.dev/service': 'web' }, ports: [{ port: 80, targetPort: port }] },
  });
  const paths = [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }];
  await make('apis/networking.k8s.io/v1', 'ingresses', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web' },
    spec: { rules: [{ host, http: { paths } }] },
  });
  const gatewayPort = await until(() => gatewayPortOf(connection, namespace));
  return {
    server,
    async request(count: number): Promise<void> {
      for (let i = 0; i < count; i++) await ask(gatewayPort, host);
    },
  };
}

async function gatewayPortOf(connection: KubeConnection, namespace: string): Promise<number | undefined> {
  const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/web`;
  const { status } = await connection.json<{
    status?: { loadBalancer?: { ingress?: { ports?: { port: number }[] }[] } };
  }>({ method: 'GET', path, verb: 'read', resource: 'ingress' });
  return status?.loadBalancer?.ingress?.[0]?.ports?.[0]?.port;
}

function ask(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, headers: { Host: host }, agent: false }, (answer) => {
      answer.resume().once('end', resolve);
      if (answer.statusCode !== 200) reject(new Error(`the gateway answered ${answer.statusCode}`));
    }).once('error', reject);
  });
}
