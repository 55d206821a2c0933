import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chart } from '../support/helm';
import {
  combinations,
  infraChart,
  infraParts,
  ownAddresses,
  render,
  renderAll,
  type KubeObject,
} from '../support/infraChart';
import { connect, type KubeConnection } from '../support/kubeConnection';
import { realPlace } from '../support/place';
import { completeValues } from '../support/worktreeValues';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes();

/** Every choice of what values of charts/worktree may leave out or say in two ways. */
function worktreeVariants(): object[] {
  const { quota, network, access, ...bare } = completeValues;
  const [first] = bare.services;
  return Array.from({ length: 2 ** 6 }, (_, mask) => {
    const has = (bit: number): boolean => ((mask >> bit) & 1) === 1;
    return {
      ...bare,
      ...(has(0) ? { quota } : {}),
      ...(has(1) ? { network } : {}),
      ...(has(2) ? { access } : {}),
      databaseSecret: has(3) ? bare.databaseSecret : null,
      ingressClass: has(4) ? bare.ingressClass : null,
      services: has(5) ? bare.services : [{ ...first, routes: [], health: null, mount: false }],
    };
  });
}

// The API server's own word on all that the charts can make: its schema, its admission and what it refuses.
describe('a server-side dry run of all that the charts can make', () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  const namespace = `dry-run-${mark}`;
  let api: KubeConnection;
  let plural: Map<string, { readonly name: string; readonly namespaced: boolean }>;

  beforeAll(async () => {
    api = await connect((await realPlace()).kubeconfig.path);
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    expect((await api.call('POST', '/api/v1/namespaces', { body })).status).toBe(201);
    plural = new Map();
    for (const group of ['v1', 'apps/v1', 'networking.k8s.io/v1', 'rbac.authorization.k8s.io/v1']) {
      const { json } = await api.call('GET', group === 'v1' ? '/api/v1' : `/apis/${group}`);
      for (const { name, namespaced, kind } of json.resources)
        if (!name.includes('/')) plural.set(`${group}/${kind}`, { name, namespaced });
    }
  });
  afterAll(async () => {
    await api.call('DELETE', `/api/v1/namespaces/${namespace}`);
    api.close();
  });

  /** What the server refuses of it, and what it warns of: a version that goes, a field that it does not know. */
  const dryRun = async (object: KubeObject): Promise<string[]> => {
    const { apiVersion, kind, metadata } = object;
    const resource = plural.get(`${apiVersion}/${kind}`);
    if (!resource) return [`there is no ${apiVersion} ${kind}`];
    const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const within = resource.namespaced ? `/namespaces/${namespace}` : '';
    const path = `${base}${within}/${resource.name}/${metadata.name}?dryRun=All&fieldManager=coppice-test&force=true`;
    const answer = await api.call('PATCH', path, { body: object, type: 'application/apply-patch+yaml' });
    const said = answer.status < 300 ? answer.warnings : [String(answer.json?.message ?? answer.text)];
    return said.map((text) => `${kind} ${metadata.name}: ${text}`);
  };

  /** One of each: most of what a combination makes another makes just so. */
  const distinct = (rendered: readonly (readonly KubeObject[])[]): KubeObject[] => {
    const found = new Map<string, KubeObject>();
    for (const object of rendered.flat()) {
      // A password is another one each time.
      const key = object.kind === 'Secret' ? `Secret ${object.metadata.name}` : JSON.stringify(object);
      found.set(key, object);
    }
    return [...found.values()];
  };

  const problemsOf = async (objects: readonly KubeObject[]): Promise<string[]> => {
    const problems: string[] = [];
    for (let at = 0; at < objects.length; at += 8) {
      const some = await Promise.all(objects.slice(at, at + 8).map(dryRun));
      problems.push(...some.flat());
    }
    return problems;
  };

  test('charts/infra, each part on or off, or somebody else’s', async () => {
    const variants = [
      ...combinations(),
      ...infraParts.map((part) => ({ [part]: ownAddresses[part] })),
      ownAddresses,
      { global: { persistence: false } },
      { global: { storageClass: 'fast', registry: 'mirror.test:5000' }, ingress: { class: 'traefik' } },
      { ingress: { enabled: false }, network: { enabled: false } },
    ];
    const objects = distinct(await renderAll(infraChart, namespace, variants));
    expect(objects.length).toBeGreaterThan(60);
    expect(await problemsOf(objects)).toEqual([]);
  });

  test('charts/worktree, with and without each thing that may be left out', async () => {
    const objects = distinct(await renderAll(chart, namespace, worktreeVariants()));
    expect(objects.length).toBeGreaterThan(12);
    expect(await problemsOf(objects)).toEqual([]);
  });

  test('what a server does not take is told', async () => {
    const [service] = (await render(infraChart, namespace, {})).filter(({ kind }) => kind === 'Service');
    const wrong = {
      ...service,
      spec: { ...service?.['spec'], ports: [{ name: 'http', port: 70_000, protocol: 'TCP' }] },
    };
    expect(await dryRun(wrong as KubeObject)).toEqual([expect.stringMatching(/must be between 1 and 65535/)]);
  });

  test('what a server warns of is told', async (context) => {
    const [, minor = ''] = /^1\.(\d+)/.exec((await api.call('GET', '/version')).json.gitVersion.replace('v', '')) ?? [];
    // Of each version what its servers deprecate; some deprecate nothing that those before and after them do.
    const deprecated = Number(minor) < 22 ? '/apis/networking.k8s.io/v1beta1/ingresses' : '/api/v1/endpoints';
    if (Number(minor) >= 22 && Number(minor) < 33) return context.skip('nothing is known that it warns of');
    expect((await api.call('GET', deprecated)).warnings).toEqual([expect.stringMatching(/is deprecated in v1\.\d+/)]);
  });
});
