import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GrafanaPanels } from '../../src/adapters/grafana/grafanaPanels';
import { HelmReleases } from '../../src/adapters/helm/helmReleases';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { environmentParts } from '../../src/app/environment/parts/environmentParts';
import { variablesOf } from '../../src/app/environment/parts/variables';
import { infraStatus, type InfraStatus } from '../../src/app/infra/infraStatus';
import { traceSearchUrl } from '../../src/core/dashboards/dashboardLinks';
import { environmentDashboardUid, panelOf } from '../../src/core/dashboards/environmentPanels';
import { namespaceScope } from '../../src/core/dashboards/scope';
import { infraAddresses, infraNamespace, infraOwner, infraParts, infraSecrets } from '../../src/core/clusters/infra';
import type { Cluster, ClusterAccess } from '../../src/core/ports/cluster';
import type { InfraValues } from '../../src/core/ports/infra';
import type { WorktreeValues } from '../../src/core/ports/releases';
import { whileEndingPods } from '../support/endPods';
import { chart, helmPath } from '../support/helm';
import { infraChart } from '../support/infraChart';
import { canBuildImages, postgresImage, type TestImage } from '../support/infraImages';
import { senderProgram, standInImage } from '../support/infraStandIns';
import { connect, type KubeConnection } from '../support/kubeConnection';
import { silentLog } from '../support/kubernetesHarness';
import { realPlace, type Place } from '../support/place';
import { until } from '../support/until';
import { identityOf } from '../support/identityOf';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes(
  'the whole of charts/infra: probes, ports, rights and what is handed on, most programs stood in for',
);

const run = promisify(execFile);
const persistence = { global: { persistence: false } } satisfies InfraValues;

// The whole chart with all its parts: PostgreSQL is itself, the others are stood in for. What is held is the chart: probes,
// ports, names, addresses, rights and volumes, and what is handed from one part to the next.
describe.skipIf(!canBuildImages)('the whole of infra in a real Kubernetes, most of it stood in for', () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  const infra = `infra-${mark}`;
  const environments = ['a', 'b'].map((letter) => ({
    slug: `${letter}-${mark}`,
    branch: `branch/${letter}`,
    namespace: `worktree-${letter}-${mark}`,
    owner: { repositoryId: `ab${mark}`, worktreeId: `${letter}${letter}${mark}` },
  }));
  let place: Place;
  let home: string;
  let api: KubeConnection;
  let cluster: KubernetesCluster;
  let workloads: KubernetesWorkloads;
  let access: ClusterAccess;
  let helm: HelmReleases;
  let standIn: TestImage | undefined;

  /** Infra under the test's own name, as the product would see it under its one name. */
  const status = async (): Promise<InfraStatus | undefined> => {
    const asInfra: Pick<Cluster, 'identity' | 'read' | 'readNamespace'> = {
      identity: cluster.identity,
      readNamespace: (name, signal) => cluster.readNamespace(name === infraNamespace ? infra : name, signal),
      read: async (owner, signal) =>
        (await cluster.read(owner, signal))
          .filter(({ namespace }) => namespace === infra)
          .map((facts) => ({ ...facts, namespace: infraNamespace })),
    };
    const ports = { cluster: Object.assign(Object.create(cluster) as KubernetesCluster, asInfra) };
    return infraStatus(ports)({ folder: home }, { signal: AbortSignal.timeout(30_000), report: () => undefined });
  };
  const within = (name: string): string => name.replace(`.${infraNamespace}.`, `.${infra}.`);
  const forwarded = async <T>(service: string, port: number, use: (url: string) => Promise<T>): Promise<T> => {
    const forward = await workloads.forward(infra, service, { port }, infraOwner);
    try {
      return await use(`http://127.0.0.1:${forward.localPort}`);
    } finally {
      forward.dispose();
    }
  };

  beforeAll(async () => {
    place = await realPlace();
    home = await mkdtemp(join(tmpdir(), 'coppice-infra-home-'));
    api = await connect(place.kubeconfig.path);
    cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig: place.kubeconfig, log: silentLog });
    workloads = new KubernetesWorkloads(cluster.connection);
    access = await cluster.connect();
    helm = new HelmReleases({ helmPath: () => helmPath, chartFolder: chart, home, env: process.env });
    const postgres = await postgresImage(place.image);
    const image = (standIn = await standInImage(place.image, mark));
    await cluster.claimNamespace({ name: infra, owner: infraOwner, annotations: {} });
    const ownValues = join(home, 'own.yaml');
    const images = {
      postgresql: { image: postgres },
      temporal: { image, tools: image, ui: { image } },
      ...{ grafana: { image }, prometheus: { image }, loki: { image }, jaeger: { image }, collector: { image } },
    };
    await writeFile(ownValues, JSON.stringify(images));
    await helm.install({
      ...{ release: 'infra', namespace: infra, chart: infraChart, values: persistence, ownValues, access },
    });
    for (const { slug, branch, namespace, owner } of environments) {
      await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
      const names = { slug, namespace, host: `${slug}.localhost`, release: slug };
      const parts = { temporal: { namespace: slug }, services: { metricsPorts: {} } };
      const identity = identityOf(slug, { owner, names, parts, cluster: cluster.identity });
      const env = variablesOf(environmentParts, {
        ...{ identity, branch, mainFolder: '/w', urlPort: undefined },
        settings: {
          'telemetry.otlpEndpoint': within(infraAddresses.otlp),
          'temporal.address': within(infraAddresses.temporal),
        },
      });
      const web = { name: 'web', image: place.image, command: [place.node, '-e', senderProgram], env };
      const rest = { port: null, routes: [], health: null, replicas: 1, mount: false };
      const worktree = { name: slug, branch, folder: '/w', host: `${slug}.localhost`, ...owner };
      const services = [{ ...web, ...rest }];
      const values: WorktreeValues = { worktree, services, databaseSecret: null, ingressClass: null };
      await helm.install({ release: slug, namespace, chart: undefined, values, access });
    }
  }, 120_000);
  afterAll(async () => {
    const releases = [{ slug: 'infra', namespace: infra, owner: infraOwner }, ...environments];
    const deleting = releases.map(async ({ slug, namespace, owner }) => {
      await helm.uninstall(slug, namespace, access);
      await whileEndingPods(place, namespace, cluster.deleteNamespace(namespace, owner));
    });
    await Promise.all(deleting);
    api.close();
    await rm(home, { recursive: true });
    if (!standIn) return;
    // Its containers end a little after their pods.
    const name = `${standIn.repository}:${standIn.tag}`;
    await until(() => run('docker', ['image', 'rm', '--force', name]).catch(() => undefined), 60_000);
  }, 120_000);

  test('every part gets ready by the chart’s own probes, and is shown as running', async () => {
    const found = await until(async () => {
      const now = await status();
      return now?.health === 'healthy' && now.services.length === 9 ? now : undefined;
    }, 90_000);
    expect(found.parts).toEqual(infraParts);
    const shown = found.services.map(({ name, state }) => `${name} ${state}`).sort();
    expect(shown).toEqual([
      'grafana Running',
      'jaeger Running',
      'loki Running',
      'otel-collector Running',
      'otel-pod-logs Running',
      'postgresql Running',
      'prometheus Running',
      'temporal-frontend Running',
      'temporal-ui Running',
    ]);
  });

  test('each source that Grafana is given answers it, and the dashboard is there for everybody', async () => {
    const { user = '', password = '' } = (await cluster.readSecret(infra, infraSecrets.grafana)) ?? {};
    await forwarded('grafana', 3000, async (url) => {
      const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
      const answer = await fetch(`${url}/api/datasources`, { headers: { authorization } });
      const sources = (await answer.json()) as { uid: string }[];
      expect(sources.map(({ uid }) => uid).sort()).toEqual(['jaeger', 'loki', 'prometheus']);
      for (const { uid } of sources) {
        const health = await fetch(`${url}/api/datasources/uid/${uid}/health`);
        expect([uid, await health.json()]).toEqual([uid, { status: 'OK' }]);
      }
      expect((await fetch(`${url}/api/datasources`)).status).toBe(403);
      const dashboard = await fetch(`${url}/api/dashboards/uid/${environmentDashboardUid}`);
      expect(await dashboard.json()).toMatchObject({ dashboard: { uid: environmentDashboardUid } });
      const ancestors = ['vscode-webview://page'];
      expect(await new GrafanaPanels().check(url, ancestors, AbortSignal.timeout(30_000))).toEqual({ state: 'ready' });
    });
  });

  test('Temporal’s page reaches Temporal', async () => {
    await forwarded('temporal-ui', 8080, async (url) =>
      expect(await (await fetch(`${url}/api/v1/cluster-info`)).json()).toEqual({ serverVersion: 'stand-in' }),
    );
  });

  test('an environment reaches Temporal and the collector, and what it sends is found by its namespace, whoever it says it is', async () => {
    // With the rights that the chart gives the collector, and no others.
    const headers = { 'impersonate-user': `system:serviceaccount:${infra}:otel-collector` };
    const { status: code, json, text: said } = await api.call('GET', '/api/v1/pods', { headers });
    expect(code, said).toBe(200);
    const own = await api.call('GET', `/api/v1/namespaces/${infra}/secrets`, { headers });
    expect(own.status).toBe(403);
    const ofEnvironments = (json.items as { metadata: { namespace: string } }[]).filter(({ metadata }) =>
      environments.some(({ namespace }) => namespace === metadata.namespace),
    );
    await forwarded('otel-collector', 13133, async (url) =>
      fetch(`${url}/pods`, { method: 'POST', body: JSON.stringify(ofEnvironments) }),
    );
    for (const { namespace, slug, branch } of environments) {
      const text = panelOf('logs').queries[0]?.text(namespaceScope(namespace)) ?? '';
      // The way that a panel takes: by Grafana to the store.
      const ask = (uid: string, path: string): Promise<{ data: unknown }> =>
        forwarded('grafana', 3000, async (url) => {
          const answer = await fetch(`${url}/api/datasources/proxy/uid/${uid}/${path}`);
          return (await answer.json()) as { data: unknown };
        });
      const logs = await until(async () => {
        const { data } = await ask('loki', `loki/api/v1/query_range?query=${encodeURIComponent(text)}`);
        const { result } = data as { result: { stream: object; values: string[][] }[] };
        return result.length > 0 ? result : undefined;
      }, 30_000);
      expect(logs.flatMap(({ values }) => values.map(([, line]) => line))).toEqual([`from ${slug}`]);
      const told = {
        k8s_namespace_name: namespace,
        service_name: 'web',
        coppice_worktree: slug,
        coppice_branch: branch,
      };
      expect(logs[0]?.stream).toMatchObject(told);

      const { search } = new URL(traceSearchUrl('http://jaeger', namespace, 'web'));
      const traces = await until(async () => {
        const { data } = await ask('jaeger', `api/traces${search}`);
        const found = data as { spans: { operationName: string }[] }[];
        return found.length > 0 ? found : undefined;
      }, 30_000);
      expect(traces.flatMap(({ spans }) => spans.map(({ operationName }) => operationName))).toEqual([`from ${slug}`]);
      expect((await ask('jaeger', 'api/services')).data).toEqual(['web']);

      const series = await until(async () => {
        const exposed = await forwarded('otel-collector', 8889, async (url) => (await fetch(`${url}/metrics`)).text());
        return exposed.split('\n').find((line) => line.includes(`k8s_namespace_name="${namespace}"`));
      }, 30_000);
      for (const [name, value] of Object.entries(told)) expect(series).toContain(`${name}="${value}"`);
      expect(series).toMatch(/^things_made\{.*\} 7$/);
    }
    const targets = await forwarded('prometheus', 9090, async (url) => (await fetch(`${url}/api/v1/targets`)).json());
    expect(targets).toMatchObject({ data: { activeTargets: [{ labels: { job: 'collector' }, health: 'up' }] } });
  });

  test('without the variable that lets Grafana be framed, the check says that it refuses', async () => {
    const env = [{ name: 'GF_SECURITY_ALLOW_EMBEDDING', value: 'false' }];
    const body = { spec: { template: { spec: { containers: [{ name: 'grafana', env }] } } } };
    const type = 'application/strategic-merge-patch+json';
    const path = `/apis/apps/v1/namespaces/${infra}/deployments/grafana`;
    expect((await api.call('PATCH', path, { body, type })).status).toBe(200);
    const pods = `/api/v1/namespaces/${infra}/pods`;
    // The next one waits until the last one is out of the API (see endPods), and the last may be one that the earlier
    // template made while its Deployment was being changed.
    const takeOutEnded = async (): Promise<void> => {
      const { json } = await api.call('GET', `${pods}?labelSelector=coppice.dev/service=grafana`);
      const found = json.items as { metadata: { name: string; deletionTimestamp?: string } }[];
      for (const { metadata } of found)
        if (metadata.deletionTimestamp !== undefined)
          await api.call('DELETE', `${pods}/${metadata.name}`, { body: { gracePeriodSeconds: 0 } });
    };
    const refused = await until(async () => {
      await takeOutEnded();
      const check = (url: string): ReturnType<GrafanaPanels['check']> =>
        new GrafanaPanels().check(url, ['vscode-webview://page'], AbortSignal.timeout(10_000));
      const found = await forwarded('grafana', 3000, check).catch(() => undefined);
      return found?.state === 'refusesFrames' ? found : undefined;
    }, 60_000);
    expect(refused).toEqual({ state: 'refusesFrames', header: 'X-Frame-Options: deny' });
  });
});
