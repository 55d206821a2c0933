import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostOf, RouteTable } from '../../../../../packages/cluster/src/gateway/routeTable';
import { openTestStore, type TestStore } from '../../../../support/objectStore';

let store: TestStore;
let routes: RouteTable;

beforeEach(async () => {
  store = await openTestStore();
  routes = new RouteTable(store.objects);
});
afterEach(async () => {
  routes.close();
  await store.close();
});

type Path = [path: string, pathType: string, service: string];

async function ingress(name: string, host: string | undefined, paths: Path[], more: object = {}): Promise<void> {
  const http = {
    paths: paths.map(([path, pathType, service]) => ({
      path,
      pathType,
      backend: { service: { name: service, port: { number: 80 } } },
    })),
  };
  const rule = host === undefined ? { http } : { host, http };
  await store.add({ kind: 'Ingress', metadata: { name, namespace: 'ns' }, spec: { rules: [rule], ...more } });
}

describe('RouteTable', () => {
  it('prefers an exact path, then the longest prefix, whatever the order in the object', async () => {
    await ingress('i', 'a.localhost', [
      ['/', 'Prefix', 'frontend'],
      ['/api', 'Prefix', 'backend'],
      ['/api/v2', 'ImplementationSpecific', 'v2'],
      ['/api', 'Exact', 'root'],
    ]);
    const to = (path: string): string | undefined => routes.find('a.localhost', path)?.service;
    expect(['/', '/index.html', '/api', '/api/', '/api/x', '/api/v2', '/api/v2/y', '/api/v20'].map(to)).toEqual([
      ...['frontend', 'frontend', 'root', 'backend', 'backend', 'v2', 'v2', 'backend'],
    ]);
  });

  it('matches a prefix at the boundary of an element only', async () => {
    await ingress('i', 'a.localhost', [
      ['/api', 'Prefix', 'backend'],
      ['/app/', 'Prefix', 'app'],
    ]);
    const to = (path: string): string | undefined => routes.find('a.localhost', path)?.service;
    expect(['/apix', '/ap', '/', '/app', '/app/x', '/apple'].map(to)).toEqual([
      ...[undefined, undefined, undefined, 'app', 'app', undefined],
    ]);
    expect(routes.knows('a.localhost')).toBe(true);
  });

  it('prefers the host itself over a wildcard, and a wildcard stands for one name', async () => {
    await ingress('wild', '*.a.localhost', [['/', 'Prefix', 'wild']]);
    await ingress('own', 'x.a.localhost', [['/own', 'Prefix', 'own']]);
    expect(routes.find('x.a.localhost', '/own')?.service).toBe('own');
    expect(routes.find('x.a.localhost', '/other')?.service).toBe('wild');
    expect(routes.find('x.y.a.localhost', '/')).toBeUndefined();
    expect(routes.find('a.localhost', '/')).toBeUndefined();
  });

  it('serves rules without a host under names of this machine only', async () => {
    await ingress('any', undefined, [['/', 'Prefix', 'any']]);
    expect(routes.find('localhost', '/')?.service).toBe('any');
    expect(routes.find('x.localhost', '/')?.service).toBe('any');
    expect(routes.find('rebound.example.com', '/')).toBeUndefined();
  });

  it('lets the older of two equal rules win', async () => {
    await ingress('older', 'a.localhost', [['/', 'Prefix', 'older']]);
    await ingress('newer', 'a.localhost', [['/', 'Prefix', 'newer']]);
    expect(routes.find('a.localhost', '/')?.service).toBe('older');
  });

  it('falls back to the default backend of an Ingress', async () => {
    const defaultBackend = { service: { name: 'rest', port: { name: 'http' } } };
    await ingress('i', 'a.localhost', [['/api', 'Prefix', 'backend']], { defaultBackend });
    expect(routes.find('a.localhost', '/other')).toMatchObject({ service: 'rest', port: 'http' });
    expect(routes.find('a.localhost', '/api')).toMatchObject({ service: 'backend', port: 80 });
  });

  it('follows changes', async () => {
    await ingress('i', 'a.localhost', [['/', 'Prefix', 'one']]);
    expect(routes.knownHosts).toEqual(['a.localhost']);
    await store.objects.remove('Ingress', 'ns', 'i');
    expect(routes.knownHosts).toEqual([]);
    expect(routes.find('a.localhost', '/')).toBeUndefined();
  });
});

it.each([
  ['A.Localhost:8080', 'a.localhost'],
  ['a.localhost.', 'a.localhost'],
  ['[::1]:8080', '[::1]'],
  ['127.0.0.1', '127.0.0.1'],
  [undefined, ''],
])('reads the host from %s', (header, expected) => {
  expect(hostOf(header)).toBe(expected);
});
