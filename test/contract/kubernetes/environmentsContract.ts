import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { toEnvironment } from '../../../src/core/services/health';
import type { Environment, ServiceStatus } from '../../../src/core/model';
import type { ClusterAccess, ClusterWatch } from '../../../src/core/ports/cluster';
import type { WorktreeValues } from '../../../src/core/ports/releases';
import { chart, helmPath } from '../../support/helm';
import { connect } from '../../support/kubeConnection';
import { whileEndingPods } from '../../support/endPods';
import { silentLog } from '../../support/kubernetesHarness';
import type { Place } from '../../support/place';
import { until } from '../../support/until';

/** Says who it is; with BROKEN it ends with an error instead. */
const server = `
const { BROKEN, PORT, WORKTREE_NAME, DATABASE_URL } = process.env;
if (BROKEN) throw new TypeError('broken on purpose');
require('node:http')
  .createServer((request, response) => response.end(WORKTREE_NAME))
  .listen(Number(PORT), () => console.log(WORKTREE_NAME + ' serves with ' + DATABASE_URL));
`;

interface Made {
  readonly slug: string;
  readonly namespace: string;
  readonly owner: { readonly repositoryId: string; readonly worktreeId: string };
}

/** Two environments side by side, from the namespace to its end, on any cluster. */
export function environmentsContract(title: string, makePlace: () => Promise<Place>): void {
  describe(`Two environments: ${title}`, { timeout: 270_000 }, () => {
    const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
    const environments = ['one', 'two'].map((name, index): Made => ({
      slug: `${name}-${mark}`,
      namespace: `worktree-${name}-${mark}`,
      owner: { repositoryId: `aa${mark}`, worktreeId: `b${index}${mark}` },
    }));
    const [one, two] = environments as [Made, Made];
    let place: Place;
    let home: string;
    let cluster: KubernetesCluster;
    let workloads: KubernetesWorkloads;
    let access: ClusterAccess;
    let helm: HelmReleases;
    let watch: ClusterWatch;

    const seen = ({ namespace }: Made): Environment | undefined => {
      const { current } = watch;
      const facts =
        current.state === 'online' ? current.environments.find((facts) => facts.namespace === namespace) : undefined;
      return facts && toEnvironment(facts);
    };
    const service = (made: Made, name: string): ServiceStatus | undefined =>
      seen(made)?.services.find((status) => status.name === name);
    const isHealthy = (made: Made): boolean => seen(made)?.health === 'healthy';
    const valuesOf = ({ slug, owner }: Made, env: Record<string, string> = {}): WorktreeValues => {
      const common = { image: place.image, health: null, replicas: 1, mount: false, routes: [], port: null };
      const stay = [place.node, '-e', 'setInterval(() => {}, 1000)'];
      const web = { routes: ['/'], port: 3000, health: '/healthz', command: [place.node, '-e', server] };
      return {
        worktree: { name: slug, branch: slug, folder: place.folder, host: `${slug}.localhost`, ...owner },
        services: [
          { ...common, ...web, name: 'web', env: { PORT: '3000', WORKTREE_NAME: slug, ...env } },
          { ...common, name: 'worker', command: stay, env: {} },
        ],
        databaseSecret: 'coppice-database',
        ingressClass: null,
        quota: { pods: 10, cpu: '1', memory: '4Gi', containerMemory: '512Mi' },
        network: { infra: 'infra', ingress: 'kube-system', outsidePorts: [5432] },
        access: true,
      };
    };
    const install = (made: Made, env?: Record<string, string>): Promise<void> =>
      helm.install({
        release: made.slug,
        namespace: made.namespace,
        chart: undefined,
        values: valuesOf(made, env),
        access,
      });
    const create = async (made: Made): Promise<void> => {
      const annotations = { slug: made.slug, folder: place.folder, ref: `refs/heads/${made.slug}` };
      await cluster.claimNamespace({ name: made.namespace, owner: made.owner, annotations });
      const secret = { DATABASE_URL: `postgres://${made.slug}` };
      await cluster.putSecret(made.namespace, 'coppice-database', secret, made.owner);
      await install(made);
    };
    const remove = async ({ slug, namespace, owner }: Made): Promise<void> => {
      await helm.uninstall(slug, namespace, access);
      await cluster.deleteNamespace(namespace, owner);
    };

    beforeAll(async () => {
      place = await makePlace();
      home = await mkdtemp(join(tmpdir(), 'coppice-environments-home-'));
      const { kubeconfig } = place;
      const identity = { kind: 'context' } as const;
      cluster = new KubernetesCluster({ identity, kubeconfig, log: silentLog, deleteTimeoutMs: 240_000 });
      workloads = new KubernetesWorkloads(cluster.connection);
      access = await cluster.connect();
      helm = new HelmReleases({ helmPath: () => helmPath, chartFolder: chart, home, env: process.env });
      watch = cluster.watch(one.owner.repositoryId);
    }, 60_000);
    afterAll(async () => {
      for (const made of environments) await helm.uninstall(made.slug, made.namespace, access);
      await Promise.all(
        environments.map(({ namespace, owner }) =>
          whileEndingPods(place, namespace, cluster.deleteNamespace(namespace, owner)),
        ),
      );
      watch.dispose();
      await rm(home, { recursive: true });
      await place.dispose();
    }, 150_000);

    test('both become healthy, each with what is its own', async () => {
      await Promise.all(environments.map(create));
      await until(() => environments.every(isHealthy), 90_000);
      for (const made of environments) {
        const { owner, slug, namespace } = made;
        expect(seen(made)).toMatchObject({ ...owner, slug, namespace, folder: place.folder, terminating: false });
        expect(service(made, 'web')).toMatchObject({ state: 'Running', ready: 1, desired: 1, restarts: 0 });
        expect(service(made, 'web')?.urls).toEqual([
          expect.stringMatching(new RegExp(`^http://${slug}\\.localhost(:\\d+)?/$`)),
        ]);
        const lines = async (): Promise<string[]> => {
          const collected: string[] = [];
          for await (const line of workloads.logs(namespace, 'web', { follow: false })) collected.push(line);
          return collected;
        };
        await until(async () => (await lines()).length > 0);
        expect(await lines()).toEqual([`${slug} serves with postgres://${slug}`]);
        const forward = await workloads.forward(namespace, 'web', { port: undefined }, owner);
        const answer = await fetch(`http://127.0.0.1:${forward.localPort}/`).then((response) => response.text());
        forward.dispose();
        expect(answer).toBe(slug);
      }
    });

    test('what makes the namespace a good citizen is there', async () => {
      const api = await connect(place.kubeconfig.path);
      try {
        const read = async (path: string): Promise<unknown> => (await api.call('GET', path)).json;
        expect(await read(`/api/v1/namespaces/${one.namespace}`)).toMatchObject({
          metadata: {
            labels: {
              'coppice.dev/worktree': one.owner.worktreeId,
              'pod-security.kubernetes.io/enforce': 'baseline',
              'pod-security.kubernetes.io/enforce-version': 'latest',
              'pod-security.kubernetes.io/warn': 'restricted',
              'pod-security.kubernetes.io/audit': 'restricted',
            },
          },
        });
        const core = `/api/v1/namespaces/${one.namespace}`;
        expect(await read(`${core}/resourcequotas/worktree`)).toMatchObject({ spec: { hard: { pods: '10' } } });
        expect(await read(`${core}/limitranges/worktree`)).toMatchObject({ spec: { limits: [{ type: 'Container' }] } });
        const policies = `/apis/networking.k8s.io/v1/namespaces/${one.namespace}/networkpolicies`;
        expect(await read(`${policies}/worktree`)).toMatchObject({
          spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
        });
        const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${one.namespace}`;
        expect(await read(`${rbac}/rolebindings/worktree`)).toMatchObject({
          roleRef: { kind: 'Role', name: 'worktree' },
          subjects: [{ kind: 'ServiceAccount', name: 'worktree', namespace: one.namespace }],
        });
      } finally {
        api.close();
      }
      // A worktree whose files are to be mounted needs a folder of its node.
      const claim = { name: one.namespace, owner: one.owner, annotations: {} };
      expect(await cluster.claimNamespace({ ...claim, podSecurity: 'privileged' })).toBe('found');
      const changed = await connect(place.kubeconfig.path);
      const { json } = await changed.call('GET', `/api/v1/namespaces/${one.namespace}`);
      changed.close();
      expect(json.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'privileged' });
    });

    test('one is broken and says why, while the other stays as it is; mended, it is healthy again', async () => {
      const before = service(two, 'web');
      await install(one, { BROKEN: 'yes' });
      await until(() => service(one, 'web')?.state === 'CrashLoopBackOff', 60_000);
      expect(service(one, 'web')).toMatchObject({
        health: 'degraded',
        reason: 'exit code 1: TypeError: broken on purpose',
      });
      expect(seen(one)?.health).toBe('degraded');
      expect(service(two, 'web')).toEqual(before);
      await install(one);
      await until(() => isHealthy(one) && service(one, 'web')?.pods.length === 1, 60_000);
      const pods = service(one, 'web')?.pods;
      await workloads.restart(one.namespace, 'web', one.owner);
      await until(() => {
        const now = service(one, 'web')?.pods ?? [];
        return isHealthy(one) && now.length === 1 && now[0] !== pods?.[0];
      }, 60_000);
    });

    test('one is deleted, and the other stays as it is', async () => {
      const before = seen(two);
      await remove(one);
      await until(() => seen(one) === undefined);
      expect(await cluster.readNamespace(one.namespace)).toBeUndefined();
      expect(seen(two)).toEqual(before);
      await expect(cluster.deleteNamespace(two.namespace, one.owner)).rejects.toMatchObject({ code: 'conflict' });
      expect(isHealthy(two)).toBe(true);
    });
  });
}
