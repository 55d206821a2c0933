import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HelmReleases } from '../../src/adapters/helm/helmReleases';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { GivenServer } from '../../src/adapters/postgres/givenServer';
import { PostgresDatabases } from '../../src/adapters/postgres/postgresDatabases';
import { panelOf, type PanelName } from '../../src/core/dashboards/environmentPanels';
import { namespaceScope } from '../../src/core/dashboards/scope';
import { toEnvironment } from '../../src/core/services/health';
import { infraOwner, infraSecrets } from '../../src/core/clusters/infra';
import type { Environment } from '../../src/core/model';
import type { ClusterAccess } from '../../src/core/ports/cluster';
import type { InfraValues } from '../../src/core/ports/infra';
import type { WorktreeValues } from '../../src/core/ports/releases';
import { whileEndingPods } from '../support/endPods';
import { chart, helmPath } from '../support/helm';
import { infraChart, render } from '../support/infraChart';
import {
  canBuildImages,
  debianPrometheus,
  postgresImage,
  prometheusImage,
  type TestImage,
} from '../support/infraImages';
import { connect, type KubeConnection } from '../support/kubeConnection';
import { silentLog } from '../support/kubernetesHarness';
import { realPlace, type Place } from '../support/place';
import { discover, discoveryProgram, withDiscovery } from '../support/prometheusDiscovery';
import { until } from '../support/until';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('parts of charts/infra in pods: PostgreSQL, Prometheus');

/** Says how many requests it had, as an SDK of OpenTelemetry would, and claims to be somebody else. */
const measured = `
require('node:http').createServer((request, response) => {
  response.end([
    '# TYPE http_server_request_duration_seconds histogram',
    ...['0.1', '+Inf'].map((le) => 'http_server_request_duration_seconds_bucket{le="' + le + '",http_response_status_code="200"} ' + Math.floor(process.uptime() * 10)),
    'http_server_request_duration_seconds_sum{http_response_status_code="200"} 1',
    'http_server_request_duration_seconds_count{http_response_status_code="200"} ' + Math.floor(process.uptime() * 10),
    'of_the_service{namespace="worktree-of-somebody-else",service="forged",worktree="forged"} 1',
    '',
  ].join('\\n'));
}).listen(Number(process.env.METRICS_PORT));
`;

const off = { enabled: false } as const;
const nothing = {
  ...{ postgresql: off, temporal: off, grafana: off, prometheus: off, loki: off, jaeger: off, collector: off },
  global: { persistence: false },
} satisfies InfraValues;

// What can be had as a program on a plain machine runs in the cluster from an image made of it, by the chart as it is.
describe.skipIf(!canBuildImages)('parts of infra in a real Kubernetes', { timeout: 180_000 }, () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  const infra = `infra-${mark}`;
  const environments = ['a', 'b'].map((letter) => ({
    slug: `${letter}-${mark}`,
    namespace: `worktree-${letter}-${mark}`,
    owner: { repositoryId: `aa${mark}`, worktreeId: `${letter}${letter}${mark}` },
  }));
  let place: Place;
  let home: string;
  let api: KubeConnection;
  let cluster: KubernetesCluster;
  let workloads: KubernetesWorkloads;
  let access: ClusterAccess;
  let helm: HelmReleases;
  let images: { readonly postgres: TestImage; readonly prometheus: TestImage };
  let debian: Awaited<ReturnType<typeof debianPrometheus>>;

  const status = async (
    namespace: string,
    owner: { readonly repositoryId: string },
  ): Promise<Environment | undefined> => {
    const facts = (await cluster.read(owner.repositoryId)).find((one) => one.namespace === namespace);
    return facts && toEnvironment(facts);
  };
  const ready = (namespace: string, owner: { readonly repositoryId: string }): Promise<Environment> =>
    until(async () => {
      const found = await status(namespace, owner);
      return found?.health === 'healthy' && found.services.length > 0 ? found : undefined;
    }, 90_000);
  /** With a file of the person's own: what it says counts. */
  const installInfra = async (values: InfraValues): Promise<void> => {
    const ownValues = join(home, 'own.yaml');
    await writeFile(ownValues, 'prometheus: { scrapeInterval: 2s }');
    await helm.install({ release: 'infra', namespace: infra, chart: infraChart, values, ownValues, access });
  };
  const install = (
    environment: (typeof environments)[number],
    services: readonly Partial<WorktreeValues['services'][number]>[],
    databaseSecret: string | null,
  ): Promise<void> => {
    const { slug, namespace, owner } = environment;
    const base = { command: [], port: null, routes: [], env: {}, health: null, replicas: 1, mount: false };
    const worktree = { name: slug, branch: `branch/${slug}`, folder: '/w', host: `${slug}.localhost`, ...owner };
    const all = services.map((service) => ({ name: 'web', image: place.image, ...base, ...service }));
    const values: WorktreeValues = { worktree, services: all, databaseSecret, ingressClass: null };
    return helm.install({ release: slug, namespace, chart: undefined, values, access });
  };

  beforeAll(async () => {
    place = await realPlace();
    home = await mkdtemp(join(tmpdir(), 'coppice-infra-home-'));
    api = await connect(place.kubeconfig.path);
    cluster = new KubernetesCluster({
      identity: { kind: 'context' },
      kubeconfig: place.kubeconfig,
      log: silentLog,
    });
    workloads = new KubernetesWorkloads(cluster.connection);
    access = await cluster.connect();
    helm = new HelmReleases({ helmPath: () => helmPath, chartFolder: chart, home, env: process.env });
    debian = await debianPrometheus();
    const [postgres, prometheus] = await Promise.all([postgresImage(place.image), prometheusImage(debian)]);
    images = { postgres, prometheus };
    await cluster.claimNamespace({ name: infra, owner: infraOwner, annotations: {} });
    for (const { namespace, owner } of environments)
      await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
    await installInfra({ ...nothing, postgresql: { enabled: true, image: images.postgres } });
  }, 180_000);
  afterAll(async () => {
    await helm.uninstall('infra', infra, access);
    for (const { slug, namespace } of environments) await helm.uninstall(slug, namespace, access);
    await whileEndingPods(place, infra, cluster.deleteNamespace(infra, infraOwner));
    for (const { namespace, owner } of environments)
      await whileEndingPods(place, namespace, cluster.deleteNamespace(namespace, owner));
    api.close();
    await rm(home, { recursive: true });
    await rm(debian.folder, { recursive: true });
  }, 180_000);

  test('promtool takes the configuration that the chart makes', async () => {
    const objects = await render(infraChart, infra, {});
    const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'prometheus');
    const file = join(debian.folder, 'prometheus.yaml');
    // The files that it names are those of a pod.
    const text = withDiscovery(config?.['data']['prometheus.yaml'], 'http://discovery').replace(
      '/var/run/secrets/kubernetes.io/serviceaccount/token',
      file,
    );
    await writeFile(file, text);
    const promtool = join(debian.folder, 'usr', 'bin', 'promtool');
    const { stdout } = await promisify(execFile)(promtool, ['check', 'config', file]);
    expect(stdout).toContain('is valid prometheus config file syntax');
    await writeFile(file, text.replace('action: keep', 'action: kept'));
    await expect(promisify(execFile)(promtool, ['check', 'config', file])).rejects.toThrow(/unknown relabel action/);
  });

  test('PostgreSQL 18: an environment’s database is cloned through the port-forward, used by its pod, and not touched by an upgrade', async () => {
    const [environment] = environments;
    if (!environment) throw new Error('There is no environment.');
    const { namespace, owner, slug } = environment;
    await ready(infra, infraOwner);
    const password = (await cluster.readSecret(infra, infraSecrets.postgresql))?.['password'];
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    const forward = await workloads.forward(infra, 'postgresql', { port: undefined }, infraOwner);
    try {
      const url = `postgresql://postgres@127.0.0.1:${forward.localPort}/`;
      const server = new GivenServer({ url, password: async () => password });
      const databases = new PostgresDatabases({ server, podAddress: `postgresql.${infra}.svc:5432` });
      await databases.connect();
      const query = async (at: string, text: string): Promise<Record<string, unknown>[]> => {
        const client = new Client({ connectionString: at });
        await client.connect();
        try {
          return (await client.query<Record<string, unknown>>(text)).rows;
        } finally {
          await client.end();
        }
      };
      const template = await databases.ensureTemplate(
        { name: 'things_template', repositoryId: owner.repositoryId, recipe: '1' },
        async (at) => {
          expect(await query(at, 'SHOW server_version_num')).toEqual([
            { server_version_num: expect.stringMatching(/^18\d{4}$/) },
          ]);
          await query(at, 'CREATE TABLE things AS SELECT generate_series(1, 3) AS id');
        },
      );
      const names = { database: `wt_a_${mark}`, role: `wt_a_${mark}` };
      const clone = await databases.clone({ ...names, template: template.name, owner });
      expect(clone.created).toBe(true);
      await cluster.putSecret(
        namespace,
        'coppice-database',
        { DATABASE_URL: await databases.podUrl(clone.url) },
        owner,
      );
      const image = `${images.postgres.repository}:${images.postgres.tag}`;
      const client = { name: 'database', image, command: ['node', '/client.cjs'], port: 8080, env: { PORT: '8080' } };
      await install(environment, [client], 'coppice-database');
      await ready(namespace, owner);
      const ask = `/api/v1/namespaces/${namespace}/services/database:8080/proxy/`;
      expect((await api.call('GET', ask)).text).toBe(JSON.stringify({ name: names.database, things: 3 }));
      await query(clone.url, 'INSERT INTO things VALUES (4)');
      expect((await api.call('GET', ask)).text).toContain('"things":4');
      // Another role's clone is not for this one.
      await expect(query(clone.url.replace(`/${names.database}`, `/${template.name}`), 'SELECT 1')).rejects.toThrow();

      // An upgrade that has nothing new for it: nobody is locked out, and it goes on running.
      const [before] = (await status(infra, infraOwner))?.services ?? [];
      await installInfra({
        ...nothing,
        postgresql: { enabled: true, image: images.postgres },
        prometheus: { enabled: true, image: images.prometheus },
      });
      expect((await cluster.readSecret(infra, infraSecrets.postgresql))?.['password']).toBe(password);
      const after = (await status(infra, infraOwner))?.services.find(({ name }) => name === 'postgresql');
      expect(after?.pods).toEqual(before?.pods);
      expect((await api.call('GET', ask)).text).toContain('"things":4');
      await databases.drop({ ...names, owner });
      expect(await databases.owner(names.database)).toBeUndefined();
      expect(slug).toContain(mark);
    } finally {
      forward.dispose();
    }
  });

  /** Prometheus as the chart has it, but for who tells it of pods and nodes. */
  const runPrometheus = async (): Promise<void> => {
    const both = { postgresql: { enabled: true, image: images.postgres } };
    await installInfra({ ...nothing, ...both, prometheus: { enabled: true, image: images.prometheus } });
    const labels = {
      'coppice.dev/service': 'discovery',
      'coppice.dev/repository': 'infra',
      'coppice.dev/worktree': 'infra',
    };
    const container = { name: 'discovery', image: place.image, command: [place.node, '-e', discoveryProgram] };
    const pod = {
      metadata: { name: 'discovery', labels },
      spec: {
        containers: [container],
        terminationGracePeriodSeconds: 0,
      },
    };
    const service = { metadata: { name: 'discovery' }, spec: { selector: labels, ports: [{ port: 8080 }] } };
    const base = `/api/v1/namespaces/${infra}`;
    expect((await api.call('POST', `${base}/pods`, { body: pod })).status).toBe(201);
    expect((await api.call('POST', `${base}/services`, { body: service })).status).toBe(201);
    const { json } = await api.call('GET', `${base}/configmaps/prometheus`);
    const data = {
      'prometheus.yaml': withDiscovery(json.data['prometheus.yaml'], `http://discovery.${infra}.svc:8080`),
    };
    const type = 'application/merge-patch+json';
    expect((await api.call('PATCH', `${base}/configmaps/prometheus`, { body: { data }, type })).status).toBe(200);
    await workloads.restart(infra, 'prometheus', infraOwner);
  };

  test('Prometheus finds the pods of two environments by their annotation, and a query by namespace gets only its own', async () => {
    for (const [index, environment] of environments.entries())
      await install(
        environment,
        [
          { name: 'web', command: [place.node, '-e', measured], env: { METRICS_PORT: String(9123 + index) } },
          { name: 'silent', command: [place.node, '-e', 'setInterval(() => {}, 1000)'] },
        ],
        null,
      );
    await runPrometheus();
    for (const { namespace, owner } of environments) await ready(namespace, owner);
    await ready(infra, infraOwner);
    for (const [role, targets] of Object.entries(await discover(api))) {
      const told = `/api/v1/namespaces/${infra}/services/discovery:8080/proxy/${role}`;
      expect((await api.call('POST', told, { body: targets })).status).toBe(200);
    }
    const prometheus = `/api/v1/namespaces/${infra}/services/prometheus:9090/proxy/api/v1`;
    interface Series {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }
    const query = async (text: string): Promise<Series[]> => {
      const {
        json,
        status: code,
        text: said,
      } = await api.call('GET', `${prometheus}/query?query=${encodeURIComponent(text)}`);
      expect(code, said).toBe(200);
      return json.data.result;
    };
    // Its pod is ready a moment before the way through the API server to it is.
    const flags = await until(async () => {
      const { json, status: code } = await api.call('GET', `${prometheus}/status/flags`);
      return code === 200 ? (json.data as Record<string, string>) : undefined;
    }, 60_000);
    // Four fifths of its volume.
    expect(flags['storage.tsdb.retention.size']).toMatch(/^6GiB409MiB/);
    for (const { namespace, slug } of environments) {
      const [found] = await until(async () => {
        const series = await query(`of_the_service{namespace="${namespace}"}`);
        return series.length > 0 ? series : undefined;
      }, 60_000);
      expect(found?.metric).toMatchObject({
        job: 'pods',
        namespace,
        service: 'web',
        worktree: slug,
        branch: `branch/${slug}`,
        // What the service says of itself is kept, and counts for nothing.
        exported_namespace: 'worktree-of-somebody-else',
        exported_service: 'forged',
        exported_worktree: 'forged',
      });
      expect(
        new Set((await query(`{namespace="${namespace}"}`)).map(({ metric }) => metric['worktree'] ?? slug)),
      ).toEqual(new Set([slug]));
    }
    expect(await query('{namespace="worktree-of-somebody-else"}')).toEqual([]);
    const [first] = environments;
    // The panels' own queries, as Grafana and the editor ask them.
    const panel = async (name: PanelName): Promise<Series[]> => {
      const texts = panelOf(name).queries.map(({ text }) => text(namespaceScope(first?.namespace ?? '', '1m')));
      return (await Promise.all(texts.map(query))).flat();
    };
    const [requests] = await until(async () => {
      const found = (await panel('requests')).filter(({ value }) => Number(value[1]) > 0);
      return found.length > 0 ? found : undefined;
    }, 90_000);
    expect(requests?.metric).toEqual({ service: 'web' });
    // Ten a second is what it claims; of a series that has just begun Prometheus knows the beginning only.
    expect(Number(requests?.value[1])).toBeLessThan(12);
    expect((await panel('latency')).map(({ metric }) => metric['service'])).toEqual(['web', 'web']);
    expect(await panel('errors')).toEqual([]);
    // The kubelet lets Prometheus in by the rights that the chart gives it. (This Kubernetes' kubelet tells of no containers.)
    const [kubelet] = await until(async () => {
      const found = await query('up{job="kubelets"}');
      return found.length > 0 ? found : undefined;
    }, 60_000);
    expect(kubelet?.value[1]).toBe('1');
  });
});
