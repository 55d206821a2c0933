import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HelmReleases } from '../../src/adapters/helm/helmReleases';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { toEnvironment } from '../../src/core/services/health';
import type { ServiceStatus } from '../../src/core/model';
import type { ClusterAccess } from '../../src/core/ports/cluster';
import type { WorktreeValues } from '../../src/core/ports/releases';
import { endPods, whileEndingPods } from '../support/endPods';
import { chart, helmPath } from '../support/helm';
import { connect, type KubeConnection } from '../support/kubeConnection';
import { silentLog } from '../support/kubernetesHarness';
import { hasNodes, realPlace, type Place } from '../support/place';
import { until } from '../support/until';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('what rights, quotas, network policies and pod security refuse an environment');

type Service = WorktreeValues['services'][number];

// What only a cluster that runs images, enforces limits and knows more than one user can show.
describe('What a real Kubernetes enforces', { timeout: 120_000 }, () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  const owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
  const own = `worktree-own-${mark}`;
  const other = `worktree-other-${mark}`;
  const infra = `infra-${mark}`;
  let place: Place;
  let home: string;
  let api: KubeConnection;
  let cluster: KubernetesCluster;
  let access: ClusterAccess;
  let helm: HelmReleases;

  const service = (name: string, command: readonly string[], more: Partial<Service> = {}): Service => ({
    ...{ name, command, image: place.image, port: null, routes: [], env: {}, health: null, replicas: 1, mount: false },
    ...more,
  });
  const install = (namespace: string, services: Service[], quota: WorktreeValues['quota']): Promise<void> => {
    const worktree = { name: 'one', branch: 'one', folder: place.folder, host: `${namespace}.localhost`, ...owner };
    const values: WorktreeValues = {
      ...{ worktree, services, databaseSecret: 'coppice-database', ingressClass: null, access: true },
      network: { infra, ingress: 'kube-system', outsidePorts: [5432] },
      ...(quota ? { quota } : {}),
    };
    return helm.install({ release: 'one', namespace, chart: undefined, values, access });
  };
  const status = async (namespace: string, name: string): Promise<ServiceStatus | undefined> => {
    const facts = (await cluster.read(owner.repositoryId)).find((one) => one.namespace === namespace);
    return facts && toEnvironment(facts).services.find((one) => one.name === name);
  };

  beforeAll(async () => {
    place = await realPlace();
    home = await mkdtemp(join(tmpdir(), 'coppice-enforced-home-'));
    api = await connect(place.kubeconfig.path);
    const { kubeconfig } = place;
    cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog });
    access = await cluster.connect();
    helm = new HelmReleases({ helmPath: () => helmPath, chartFolder: chart, home, env: process.env });
    for (const name of [own, other, infra]) await cluster.claimNamespace({ name, owner, annotations: {} });
    for (const name of [own, other, infra]) await cluster.putSecret(name, 'coppice-database', { A: 'b' }, owner);
    const stay = service('web', [place.node, '-e', 'setInterval(() => {}, 1000)']);
    const fill = 'const all = []; for (;;) all.push(Buffer.alloc(8 * 1024 * 1024, 1))';
    const quota = { pods: 5, cpu: '1', memory: '2Gi', containerMemory: '128Mi' };
    await install(
      own,
      [
        stay,
        service('hungry', [place.node, '-e', fill], { env: { DATABASE_URL: '' } }),
        service('no-image', [], { image: 'coppice-test/there-is-none:1', env: { DATABASE_URL: '' } }),
      ],
      quota,
    );
    await install(other, [stay], { ...quota, pods: 0 });
  }, 60_000);
  afterAll(async () => {
    for (const name of [own, other]) await helm.uninstall('one', name, access);
    await Promise.all(
      [own, other, infra].map((name) => whileEndingPods(place, name, cluster.deleteNamespace(name, owner))),
    );
    api.close();
    await rm(home, { recursive: true });
  }, 180_000);

  describe("an environment's own service account", () => {
    const may = async (verb: string, resource: string, namespace: string | undefined, name = ''): Promise<boolean> => {
      const [plural, subresource = ''] = resource.split('/');
      const group = {
        deployments: 'apps',
        rolebindings: 'rbac.authorization.k8s.io',
        roles: 'rbac.authorization.k8s.io',
        endpointslices: 'discovery.k8s.io',
      }[plural ?? ''];
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: `system:serviceaccount:${own}:worktree`,
          groups: ['system:serviceaccounts', `system:serviceaccounts:${own}`, 'system:authenticated'],
          resourceAttributes: { verb, group, resource: plural, subresource, namespace, name },
        },
      };
      const answer = await api.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body });
      expect(answer.status, answer.text).toBe(201);
      return answer.json.status.allowed === true;
    };

    test.each([
      ['list', 'pods'],
      ['watch', 'deployments'],
      ['list', 'endpoints'],
      ['list', 'endpointslices'],
      ['get', 'pods/log'],
      ['create', 'pods/exec'],
      ['create', 'pods/portforward'],
      ['delete', 'pods'],
      ['patch', 'deployments/scale'],
    ])('may %s %s in its namespace, and in no other', async (verb, resource) => {
      expect(await may(verb, resource, own)).toBe(true);
      for (const namespace of [other, infra, 'default', 'kube-system', undefined])
        expect(await may(verb, resource, namespace), namespace ?? 'all namespaces').toBe(false);
    });

    test.each([
      ['list', 'secrets'],
      ['create', 'pods'],
      ['create', 'deployments'],
      ['patch', 'deployments'],
      ['create', 'rolebindings'],
      ['patch', 'roles'],
      ['create', 'serviceaccounts/token'],
      ['impersonate', 'serviceaccounts'],
      ['delete', 'resourcequotas'],
      ['patch', 'networkpolicies'],
    ])('may not %s %s anywhere', async (verb, resource) => {
      for (const namespace of [own, other, infra, undefined]) expect(await may(verb, resource, namespace)).toBe(false);
    });

    test('may read its own database secret and no other', async () => {
      expect(await may('get', 'secrets', own, 'coppice-database')).toBe(true);
      expect(await may('get', 'secrets', own, 'sh.helm.release.v1.one.v1')).toBe(false);
      for (const namespace of [other, infra])
        expect(await may('get', 'secrets', namespace, 'coppice-database')).toBe(false);
    });

    test('is refused when it asks', async () => {
      const path = `/api/v1/namespaces/${own}/serviceaccounts/worktree/token`;
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
      const { json } = await api.call('POST', path, { body });
      const headers = { authorization: `Bearer ${json.status.token}` };
      const ask = async (method: string, where: string): Promise<number> =>
        (await api.call(method, where, { headers, anonymous: true })).status;
      expect(await ask('GET', `/api/v1/namespaces/${own}/pods`)).toBe(200);
      for (const namespace of [other, infra]) {
        expect(await ask('GET', `/api/v1/namespaces/${namespace}/pods`)).toBe(403);
        expect(await ask('GET', `/api/v1/namespaces/${namespace}/secrets/coppice-database`)).toBe(403);
        expect(await ask('DELETE', `/api/v1/namespaces/${namespace}`)).toBe(403);
      }
      expect(await ask('GET', '/api/v1/namespaces')).toBe(403);
      expect(await ask('DELETE', `/api/v1/namespaces/${own}`)).toBe(403);
    });
  });

  test('a quota that is too small is told', async () => {
    // Until its controller has counted once a quota refuses nothing: what slipped in before is started anew.
    const quotas = `/api/v1/namespaces/${other}/resourcequotas`;
    const isCounted = (one: { status?: { hard?: object } }): boolean => one.status?.hard !== undefined;
    await until(async () => (await api.call('GET', quotas)).json.items.some(isCounted), 60_000);
    await endPods(place, other);
    const found = await until(async () => {
      const web = await status(other, 'web');
      return web?.health === 'degraded' && web.state === 'Pending' ? web : undefined;
    }, 60_000);
    expect(found).toMatchObject({ state: 'Pending', ready: 0, desired: 1 });
    expect(found.reason).toContain('exceeded quota: worktree');
  });

  test.runIf(hasNodes)('a service that takes more memory than it may is told to be OOMKilled', async () => {
    const found = await until(async () => {
      const hungry = await status(own, 'hungry');
      return hungry?.state === 'CrashLoopBackOff' ? hungry : undefined;
    }, 60_000);
    expect(found).toMatchObject({ health: 'degraded' });
    expect(found.reason).toMatch(/^OOMKilled\b/);
  });

  test.runIf(hasNodes)('an image that does not exist is told', async () => {
    const found = await until(async () => {
      const one = await status(own, 'no-image');
      return one?.state === 'ImagePullBackOff' ? one : undefined;
    }, 60_000);
    expect(found).toMatchObject({ health: 'degraded', restarts: 0 });
    expect(found.reason).toContain('coppice-test/there-is-none:1');
  });
});
