import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapRoute } from '../../../src/adapters/kubernetes/watch/mapRoute';
import type { WorktreeValues } from '../../../src/core/ports/releases';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { GatewayApi, gatewayDefinitions, type GatewayObject } from '../../support/gatewayWorld';
import { renderChart, type Rendered } from '../../support/renderedChart';
import { traefikVersion } from '../../support/toolVersions';
import { EchoService, Traefik, type Told } from '../../support/traefikWorld';
import { until } from '../../support/until';
import { obtainedProgram, usedProgram } from '../../support/usedPrograms';
import { verifies } from '../../support/verified';
import { completeValues, worktreeValues } from '../../support/worktreeValues';

const program = usedProgram('traefik') ?? '';
const definitions = gatewayDefinitions();
const gateway = { namespace: 'gateways', name: 'shared' };
type Service = WorktreeValues['services'][number];

it.runIf(process.env['CI'])('there is a Traefik to try, and the definitions of the Gateway API', () => {
  expect([program === '', definitions === undefined]).toEqual([false, false]);
});

const many = Array.from({ length: 20 }, (_, index) => `/many/${index}`);

function valuesOf(slug: string): WorktreeValues {
  const plain = worktreeValues('x', '/x');
  const [frontend, backend] = plain.services;
  const of = (base: Service | undefined, more: Partial<Service>): Service => ({ ...(base as Service), ...more });
  return {
    ...plain,
    gateway,
    worktree: { ...plain.worktree, name: slug, host: `${slug}.localhost` },
    services: [
      of(frontend, { name: 'frontend', routes: ['/'] }),
      of(backend, { name: 'backend', routes: ['/api'] }),
      of(backend, { name: 'second', routes: ['/api/v2', '/a'] }),
      of(backend, { name: 'stripped', routes: ['/files', '/files/old'], stripPrefix: true }),
      of(backend, { name: 'many', routes: many, stripPrefix: true }),
      of(frontend, { name: 'admin', routes: ['/'], host: 'admin' }),
      of(backend, { name: 'silent', routes: [], port: null }),
    ],
  };
}

const routesOf = (values: WorktreeValues, namespace: string): GatewayObject[] =>
  [...renderChart(values, namespace).values()].filter(({ kind }) => kind === 'HTTPRoute') as never;

it('a cluster with a Gateway gets routes and no ingresses, one a service, of at most eight paths', () => {
  const objects = renderChart(valuesOf('a'), 'worktree-a');
  const of = (kind: string): string[] =>
    [...objects.values()].filter((object: Rendered) => object.kind === kind).map(({ metadata }) => metadata.name);
  expect(of('Ingress')).toEqual([]);
  expect(of('Middleware')).toEqual([]);
  const routes = ['admin', 'backend', 'frontend', 'many', 'many.1', 'many.2', 'second', 'stripped'];
  expect(of('HTTPRoute').sort()).toEqual(routes.map((name) => `worktree-${name}`));
  const { gateway: _, ...without } = valuesOf('a');
  const kinds = [...renderChart(without).values()].map(({ kind }) => kind);
  expect([kinds.includes('HTTPRoute'), kinds.includes('Ingress')]).toEqual([false, true]);
});

it.skipIf(!definitions)('routes are what the definitions of the Gateway API say', () => {
  const routes = [...routesOf(valuesOf('a'), 'worktree-a'), ...routesOf(completeValues, 'worktree-b')];
  expect(routes.length).toBeGreaterThan(7);
  for (const route of routes) expect(definitions?.whyNot(route), route.metadata.name).toBeUndefined();
  const [route] = routes;
  if (!route) throw new Error('no route');
  expect(definitions?.whyNot({ ...route, spec: { ...route.spec, unheardOf: 1 } })).toContain('additional properties');
  expect(definitions?.whyNot({ ...route, spec: { ...route.spec, hostnames: ['a b'] } })).toContain('hostnames');
});

/** The API is the embedded cluster's, with the Gateway API before it; the objects are those of charts/worktree. */
describe.skipIf(program === '' || !definitions)('two environments behind a Gateway', { timeout: 120_000 }, () => {
  let cluster: TestCluster;
  let api: GatewayApi;
  let traefik: Traefik;
  const services = new Map<string, EchoService>();
  const create = async (path: string, body: object): Promise<void> => {
    const { status, body: said } = await cluster.api('POST', path, body);
    expect([path, status, status === 201 ? '' : said]).toEqual([path, 201, '']);
  };

  /** What the chart makes of an environment, with real servers in place of its pods. */
  async function make(slug: string): Promise<void> {
    const namespace = `worktree-${slug}`;
    await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    for (const object of renderChart(valuesOf(slug), namespace).values()) {
      if (object.kind === 'HTTPRoute') api.put(object as never);
      if (object.kind !== 'Service') continue;
      await create(`/api/v1/namespaces/${namespace}/services`, object);
      const service = await new EchoService(`${slug}/${object.metadata.name}`).listen();
      services.set(service.name, service);
      const { spec } = object as unknown as { spec: { ports: { name?: string }[] } };
      await create(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
        ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
        metadata: { name: object.metadata.name, labels: { 'kubernetes.io/service-name': object.metadata.name } },
        endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
        ports: [{ ...spec.ports[0], port: service.port, protocol: 'TCP', targetPort: undefined }],
      });
    }
  }
  const ask = async (host: string, path = '/'): Promise<Told | number> => {
    const { status, text } = await traefik.get(host, path);
    return status === 200 ? (JSON.parse(text) as Told) : status;
  };
  const nameAt = async (host: string, path = '/'): Promise<string | number> => {
    const told = await ask(host, path);
    return typeof told === 'number' ? told : told.name;
  };
  const routeOf = (slug: string, service: string): GatewayObject => {
    const found = api.objects.get(`HTTPRoute-worktree-${slug}-worktree-${service}`);
    if (!found) throw new Error(`no route of ${service}`);
    return found;
  };
  const troubleOf = (slug: string, service: string): string | undefined => mapRoute(routeOf(slug, service)).trouble;

  beforeAll(async () => {
    cluster = await startTestCluster();
    if (!definitions) return;
    api = await GatewayApi.start(cluster.kubeconfig, definitions);
    await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: gateway.namespace } });
    await make('a');
    traefik = await Traefik.startGateway(program, api.url);
    const apiVersion = 'gateway.networking.k8s.io/v1';
    api.put({
      ...{ apiVersion, kind: 'GatewayClass', metadata: { name: 'traefik' } },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    });
    api.put({
      ...{ apiVersion, kind: 'Gateway', metadata: gateway },
      spec: {
        gatewayClassName: 'traefik',
        listeners: [
          { name: 'web', protocol: 'HTTP', port: traefik.port, allowedRoutes: { namespaces: { from: 'All' } } },
        ],
      },
    });
    // One that comes while it runs.
    await make('b');
    for (const host of ['a.localhost', 'admin.b.localhost'])
      await until(async () => (await nameAt(host)) !== 404, 60_000).catch(async (error: unknown) => {
        throw new Error(`${String(error)}\n${await traefik.log()}`);
      });
  }, 180_000);
  afterAll(async () => {
    await traefik?.dispose();
    for (const service of services.values()) await service.dispose();
    await api?.dispose();
    await cluster?.dispose();
  });
  verifies('Traefik', () => traefikVersion(program), {
    obtained: obtainedProgram(program),
    asked: 'two environments by routes of the Gateway API',
  });

  it('are reached each by its own host, by its paths, and services with a host of their own by that', async () => {
    for (const slug of ['a', 'b']) {
      for (const path of ['/', '/any/page?q=1', '/apis', '/api-docs', '/api.json'])
        expect(await nameAt(`${slug}.localhost`, path)).toBe(`${slug}/frontend`);
      for (const path of ['/api', '/api/', '/api?x', '/api/v21', '/api/users?x=%2F'])
        expect(await nameAt(`${slug}.localhost`, path)).toBe(`${slug}/backend`);
      for (const path of ['/api/v2', '/api/v2/x', '/a', '/a/b'])
        expect(await nameAt(`${slug}.localhost`, path)).toBe(`${slug}/second`);
      expect(await nameAt(`admin.${slug}.localhost`, '/api')).toBe(`${slug}/admin`);
    }
    for (const host of ['c.localhost', 'other.a.localhost', 'localhost']) expect(await nameAt(host)).toBe(404);
  });

  it('have the beginning of a path taken away where they ask for it, and are told which', async () => {
    for (const [path, url, prefix] of [
      ['/files', '/', '/files'],
      ['/files/x?y=1', '/x?y=1', '/files'],
      ['/files/old/x', '/x', '/files/old'],
    ]) {
      const told = await ask('a.localhost', path);
      expect(told).toMatchObject({ name: 'a/stripped', url, headers: { 'x-forwarded-prefix': prefix } });
    }
    for (const route of many)
      expect(await ask('b.localhost', `${route}/x`)).toMatchObject({ name: 'b/many', url: '/x' });
  });

  it('have routes that are accepted, of which nothing is said, and one that is not says why', async () => {
    await until(() => troubleOf('a', 'frontend') === undefined, 30_000);
    const { metadata, spec, ...rest } = routeOf('a', 'frontend');
    const other = (name: string, more: object): GatewayObject => ({
      ...rest,
      ...{
        metadata: { name, namespace: metadata.namespace ?? '' },
        spec: { ...spec, ...more },
        status: { parents: [] },
      },
    });
    api.put(other('worktree-nowhere', { parentRefs: [{ ...gateway, name: 'none' }] }));
    expect(troubleOf('a', 'nowhere')).toBe(
      'the route worktree-nowhere is taken by nobody yet: the Gateway gateways/none says nothing of it',
    );
    api.put(other('worktree-lost', { rules: [{ backendRefs: [{ name: 'nobody', port: 80 }] }] }));
    await until(() => troubleOf('a', 'lost')?.startsWith('the route worktree-lost leads nowhere: '), 30_000);
    const listener = { ...gateway, sectionName: 'none' };
    api.put(other('worktree-refused', { parentRefs: [listener] }));
    const refused = 'the route worktree-refused is not accepted by the Gateway gateways/shared: ';
    await until(() => troubleOf('a', 'refused')?.startsWith(refused), 30_000);
  });
});
