import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Answer, type CallOptions, type KubeConnection, type KubeWatch } from '../support/kubeConnection';
import { until } from '../support/until';

const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const apply = 'application/apply-patch+yaml';

/**
 * What clients rely on in a Kubernetes API: the same calls against the embedded cluster and against a real one. It works in
 * namespaces of its own, which it removes, and starts no containers.
 */
export function kubernetesApiContract(kubeconfig: () => Promise<string> | string): void {
  const suffix = Math.random().toString(36).slice(2, 8);
  const namespace = `contract-${suffix}`;
  const core = `/api/v1/namespaces/${namespace}`;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  let api: KubeConnection;
  const watches: KubeWatch[] = [];

  const call = (method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> =>
    api.call(method, path, body === undefined ? options : { ...options, body });
  const configMap = (name: string, data: Record<string, string> = {}, metadata: object = {}): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...metadata },
    data,
  });
  const create = async (path: string, body: object): Promise<Answer['json']> => {
    const answer = await call('POST', path, body);
    expect(answer.status, answer.text).toBe(201);
    return answer.json;
  };
  const watch = async (path: string): Promise<KubeWatch> => {
    const opened = await api.watch(path);
    watches.push(opened);
    return opened;
  };
  const fieldsOf = (answer: Answer): unknown[] =>
    answer.json.details.causes.map((cause: { field: string }) => cause.field);

  beforeAll(async () => {
    api = await connect(await kubeconfig());
    await create('/api/v1/namespaces', { metadata: { name: namespace } });
  });

  afterAll(async () => {
    for (const open of watches) open.close();
    await call('DELETE', `/api/v1/namespaces/${namespace}`);
    api.close();
  });

  describe('discovery', () => {
    it('names versions, groups and resources', async () => {
      expect((await call('GET', '/version')).json.major).toBe('1');
      expect((await call('GET', '/api')).json.versions).toContain('v1');
      const groups = (await call('GET', '/apis')).json.groups.map((group: { name: string }) => group.name);
      expect(groups).toEqual(expect.arrayContaining(['apps', 'networking.k8s.io', 'rbac.authorization.k8s.io']));
      const pods = (await call('GET', '/api/v1')).json.resources.find((one: { name: string }) => one.name === 'pods');
      expect(pods).toMatchObject({ kind: 'Pod', namespaced: true, shortNames: ['po'] });
      expect(pods.verbs).toEqual(expect.arrayContaining(['create', 'list', 'watch', 'patch', 'deletecollection']));
      const deployments = (await call('GET', '/apis/apps/v1')).json.resources.map((one: { name: string }) => one.name);
      expect(deployments).toEqual(expect.arrayContaining(['deployments', 'deployments/scale', 'deployments/status']));
    });

    it('is healthy without credentials', async () => {
      for (const path of ['/healthz', '/livez', '/readyz']) {
        const answer = await call('GET', path, undefined, { anonymous: true });
        expect([answer.status, answer.text]).toEqual([200, 'ok']);
      }
    });

    it('refuses a wrong token with 401', async () => {
      const answer = await call('GET', '/api/v1/namespaces', undefined, {
        anonymous: true,
        headers: { authorization: 'Bearer wrong' },
      });
      expect(answer.status).toBe(401);
      expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401 });
    });

    it('does not know what is not there', async () => {
      expect((await call('GET', `${core}/nothings`)).status).toBe(404);
      expect((await call('PUT', `${core}/configmaps`, {})).status).toBe(405);
    });

    it('allows its user everything', async () => {
      const review = {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        spec: { resourceAttributes: { verb: '*', resource: '*' } },
      };
      const answer = await call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review);
      expect([answer.status, answer.json.status.allowed]).toEqual([201, true]);
    });
  });

  describe('create', () => {
    it('fills in what the server knows', async () => {
      const created = await create(`${core}/configmaps`, configMap('created', { a: '1' }));
      expect(created).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } });
      expect(created.metadata).toMatchObject({ name: 'created', namespace });
      expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(created.metadata.resourceVersion).toMatch(/^\d+$/);
      expect(created.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    it('refuses a second of the name with 409', async () => {
      await create(`${core}/configmaps`, configMap('twice'));
      const answer = await call('POST', `${core}/configmaps`, configMap('twice'));
      expect(answer.status).toBe(409);
      expect(answer.json).toMatchObject({
        reason: 'AlreadyExists',
        message: 'configmaps "twice" already exists',
        details: { name: 'twice', kind: 'configmaps' },
      });
    });

    it('makes names up', async () => {
      const body = { metadata: { generateName: 'made-' } };
      const one = await create(`${core}/configmaps`, body);
      const other = await create(`${core}/configmaps`, body);
      expect(one.metadata.name).toMatch(/^made-[a-z0-9]{5}$/);
      expect(other.metadata.name).not.toBe(one.metadata.name);
    });

    it('writes nothing on a dry run', async () => {
      expect((await call('POST', `${core}/configmaps?dryRun=All`, configMap('dry'))).status).toBe(201);
      expect((await call('GET', `${core}/configmaps/dry`)).status).toBe(404);
    });

    it('needs its namespace', async () => {
      const answer = await call('POST', '/api/v1/namespaces/missing-one/configmaps', configMap('x'));
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({
        message: 'namespaces "missing-one" not found',
        details: { kind: 'namespaces' },
      });
    });

    it.each([
      ['text', { body: configMap('x'), type: 'text/plain' }, 415],
      ['broken JSON', { body: '{broken' }, 400],
      ['another kind', { body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } } }, 400],
      ['another namespace', { body: configMap('x', {}, { namespace: 'other' }) }, 400],
      ['a number where text belongs', { body: { metadata: { name: 'x' }, data: { a: 1 } } }, 400],
    ])('refuses %s', async (_, options, status) => {
      const answer = await call('POST', `${core}/configmaps`, undefined, options);
      expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
    });
  });

  describe('validation', () => {
    const deployment = (spec: object = {}): object => ({
      metadata: { name: 'invalid' },
      spec: { ...deploymentSpec('invalid'), ...spec },
    });

    it.each<[string, string, object, string[]]>([
      ['a name', 'core/configmaps', configMap('Not_valid'), ['metadata.name']],
      ['no name', 'core/configmaps', { metadata: {} }, ['metadata.name']],
      ['a label', 'core/configmaps', configMap('x', {}, { labels: { a: 'b c' } }), ['metadata.labels']],
      ['a key', 'core/configmaps', configMap('x', { 'a b': '' }), ['data[a b]']],
      ['negative replicas', 'apps/deployments', deployment({ replicas: -1 }), ['spec.replicas']],
      [
        'labels that the selector does not match',
        'apps/deployments',
        deployment({ selector: { matchLabels: { app: 'other' } } }),
        ['spec.template.metadata.labels'],
      ],
      [
        'no containers',
        'apps/deployments',
        deployment({ template: { metadata: { labels: { app: 'invalid' } }, spec: {} } }),
        ['spec.template.spec.containers'],
      ],
      [
        'ports without names',
        'core/services',
        { metadata: { name: 's' }, spec: { ports: [{ port: 1 }, { port: 2 }] } },
        ['spec.ports[0].name', 'spec.ports[1].name'],
      ],
      [
        'a service name',
        'core/services',
        { metadata: { name: '1s' }, spec: { ports: [{ port: 1 }] } },
        ['metadata.name'],
      ],
    ])('names the field: %s', async (_, where, body, fields) => {
      const path = where.replace(/^core/, core).replace(/^apps/, apps);
      const answer = await call('POST', path, body);
      expect(answer.status, answer.text).toBe(422);
      expect(answer.json.reason).toBe('Invalid');
      expect(fieldsOf(answer)).toEqual(fields);
    });

    it('keeps the selector of a deployment', async () => {
      await create(`${apps}/deployments`, { metadata: { name: 'fixed' }, spec: deploymentSpec('fixed') });
      const change = {
        spec: { selector: { matchLabels: { app: 'other' } }, template: { metadata: { labels: { app: 'other' } } } },
      };
      const answer = await call('PATCH', `${apps}/deployments/fixed`, change, { type: merge });
      expect([answer.status, ...fieldsOf(answer)]).toEqual([422, 'spec.selector']);
      expect(answer.json.message).toContain('field is immutable');
    });
  });

  describe('read and list', () => {
    beforeAll(async () => {
      const labels: Record<string, string>[] = [{ tier: 'a', app: 'x' }, { tier: 'b', app: 'x' }, { tier: 'c' }];
      for (const [index, own] of labels.entries()) {
        await create(`${core}/configmaps`, configMap(`listed-${index}`, {}, { labels: { listed: 'yes', ...own } }));
      }
    });

    it.each([
      ['listed=yes', ['listed-0', 'listed-1', 'listed-2']],
      ['listed=yes,tier==a', ['listed-0']],
      ['listed=yes,tier!=a', ['listed-1', 'listed-2']],
      ['listed,tier in (a, c)', ['listed-0', 'listed-2']],
      ['listed,tier notin (a,c)', ['listed-1']],
      ['listed,app', ['listed-0', 'listed-1']],
      ['listed,!app', ['listed-2']],
    ])('by labels: %s', async (selector, names) => {
      const answer = await call('GET', `${core}/configmaps?labelSelector=${encodeURIComponent(selector)}`);
      expect(answer.json).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
      expect(answer.json.items.map((one: { metadata: { name: string } }) => one.metadata.name)).toEqual(names);
    });

    it('by fields', async () => {
      const one = await call('GET', `${core}/configmaps?fieldSelector=metadata.name%3Dlisted-1`);
      expect(one.json.items).toHaveLength(1);
      expect((await call('GET', `${core}/configmaps?fieldSelector=nothing%3Dx`)).status).toBe(400);
      expect((await call('GET', `${core}/configmaps?labelSelector=a%20b`)).status).toBe(400);
    });

    it('in pages', async () => {
      const names: string[] = [];
      let token = '';
      do {
        const answer = await call(
          'GET',
          `${core}/configmaps?labelSelector=listed&limit=2&continue=${encodeURIComponent(token)}`,
        );
        expect(answer.json.items.length).toBeLessThanOrEqual(2);
        names.push(...answer.json.items.map((one: { metadata: { name: string } }) => one.metadata.name));
        token = answer.json.metadata.continue ?? '';
      } while (token !== '');
      expect(names).toEqual(['listed-0', 'listed-1', 'listed-2']);
    });

    it('as a table', async () => {
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
      const answer = await call('GET', `${core}/configmaps?labelSelector=tier%3Da`, undefined, { accept });
      expect(answer.json).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
      const columns = answer.json.columnDefinitions.map((one: { name: string }) => one.name);
      expect(columns).toEqual(['Name', 'Data', 'Age']);
      expect(answer.json.rows[0].cells.slice(0, 2)).toEqual(['listed-0', 0]);
      expect(answer.json.rows[0].object.kind).toBe('PartialObjectMetadata');
    });

    it('says what is missing', async () => {
      const answer = await call('GET', `${apps}/deployments/missing`);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({
        kind: 'Status',
        reason: 'NotFound',
        message: 'deployments.apps "missing" not found',
        details: { name: 'missing', group: 'apps', kind: 'deployments' },
      });
    });
  });

  describe('update', () => {
    it('refuses a stale version with 409', async () => {
      const first = await create(`${core}/configmaps`, configMap('stale', { a: '1' }));
      const path = `${core}/configmaps/stale`;
      expect((await call('PUT', path, { ...first, data: { a: '2' } })).status).toBe(200);
      const answer = await call('PUT', path, { ...first, data: { a: '3' } });
      expect(answer.status).toBe(409);
      expect(answer.json).toMatchObject({ reason: 'Conflict', details: { name: 'stale', kind: 'configmaps' } });
      expect(answer.json.message).toContain('the object has been modified');
      expect((await call('GET', path)).json.data).toEqual({ a: '2' });
    });

    it('counts generations of the spec only', async () => {
      await create(`${apps}/deployments`, { metadata: { name: 'counted' }, spec: deploymentSpec('counted') });
      const path = `${apps}/deployments/counted`;
      const generation = async (body: object): Promise<number> =>
        (await call('PATCH', path, body, { type: merge })).json.metadata.generation;
      expect(await generation({ metadata: { labels: { a: 'b' } } })).toBe(1);
      expect(await generation({ spec: { minReadySeconds: 1 } })).toBe(2);
      expect(await generation({ status: { replicas: 7 } })).toBe(2);
      expect((await call('GET', path)).json.status.replicas).not.toBe(7);
    });

    it('takes patches of many at once', async () => {
      await create(`${core}/configmaps`, configMap('crowded'));
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
      const patch = (key: string): Promise<Answer> =>
        call('PATCH', `${core}/configmaps/crowded`, { data: { [key]: 'here' } }, { type: merge });
      // A real API server gives up after five attempts: its clients then try again.
      const persist = async (key: string): Promise<void> => {
        for (;;) {
          const { status } = await patch(key);
          if (status === 200) return;
          expect(status).toBe(409);
        }
      };
      await Promise.all(keys.map(persist));
      expect(Object.keys((await call('GET', `${core}/configmaps/crowded`)).json.data)).toHaveLength(20);
    });

    it('writes the status by itself, and nothing else with it', async () => {
      const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
      const backend = { service: { name: 'web', port: { number: 80 } } };
      const created = await create(path, {
        metadata: { name: 'statused' },
        spec: { defaultBackend: backend },
        status: { loadBalancer: { ingress: [{ hostname: 'ignored' }] } },
      });
      expect(created.status).toEqual({ loadBalancer: {} });
      const status = { loadBalancer: { ingress: [{ hostname: 'localhost' }] } };
      const body = { status, spec: { ingressClassName: 'other' } };
      const patched = await call('PATCH', `${path}/statused/status`, body, { type: merge });
      expect(patched.json.status).toEqual(status);
      expect(patched.json.spec.ingressClassName).toBeUndefined();
      expect(patched.json.metadata.generation).toBe(1);
    });

    it('does not write what changes nothing', async () => {
      const before = await create(`${core}/configmaps`, configMap('same', { a: '1' }));
      const after = await call('PATCH', `${core}/configmaps/same`, { data: { a: '1' } }, { type: merge });
      expect(after.json.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    });

    it('scales', async () => {
      await create(`${apps}/deployments`, { metadata: { name: 'scaled' }, spec: deploymentSpec('scaled') });
      const path = `${apps}/deployments/scaled/scale`;
      const scale = (await call('GET', path)).json;
      expect(scale).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', status: { selector: 'app=scaled' } });
      const patched = await call('PATCH', path, { spec: { minReadySeconds: 3, replicas: 0 } }, { type: merge });
      expect(patched.status).toBe(200);
      expect((await call('PUT', path, { ...scale, spec: { replicas: -1 } })).status).toBe(422);
    });
  });

  describe('patch', () => {
    const path = `${apps}/deployments/patched`;
    const containers = async (): Promise<Answer['json']> =>
      (await call('GET', path)).json.spec.template.spec.containers;

    beforeAll(async () => {
      await create(`${apps}/deployments`, { metadata: { name: 'patched' }, spec: deploymentSpec('patched') });
    });

    it('merges lists by their keys, strategically', async () => {
      const env = [{ name: 'B', value: '2' }];
      const body = {
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'main', env },
                { name: 'side', image: 'side:1' },
              ],
            },
          },
        },
      };
      expect((await call('PATCH', path, body, { type: strategic })).status).toBe(200);
      const [main, side] = await containers();
      expect(main.image).toBe('main:1');
      expect(main.env).toEqual(
        expect.arrayContaining([
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ]),
      );
      expect(side).toMatchObject({ name: 'side', image: 'side:1' });
    });

    it('deletes and orders by directives', async () => {
      const body = {
        spec: {
          template: {
            spec: {
              '$setElementOrder/containers': [{ name: 'main' }],
              containers: [
                {
                  name: 'main',
                  '$setElementOrder/env': [{ name: 'B' }, { name: 'A' }],
                  env: [{ name: 'B', value: '3' }],
                },
                { $patch: 'delete', name: 'side' },
              ],
            },
          },
        },
      };
      const answer = await call('PATCH', path, body, { type: strategic });
      expect(answer.status, answer.text).toBe(200);
      const found = await containers();
      expect(found).toHaveLength(1);
      expect(found[0].env).toEqual([
        { name: 'B', value: '3' },
        { name: 'A', value: '1' },
      ]);
    });

    it('keeps only the retained keys of a strategy', async () => {
      const body = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
      expect((await call('PATCH', path, body, { type: strategic })).json.spec.strategy).toEqual({ type: 'Recreate' });
    });

    it('takes a merge patch literally', async () => {
      const body = {
        metadata: { labels: { a: 'b' } },
        spec: { template: { spec: { containers: [{ name: 'only', image: 'only:1' }] } } },
      };
      expect((await call('PATCH', path, body, { type: merge })).json.metadata.labels.a).toBe('b');
      expect((await containers()).map((one: { name: string }) => one.name)).toEqual(['only']);
      const removed = await call('PATCH', path, { metadata: { labels: { a: null } } }, { type: merge });
      expect(removed.json.metadata.labels?.a).toBeUndefined();
    });

    it('takes a JSON patch, and tests before it', async () => {
      const operations = [{ op: 'add', path: '/metadata/annotations', value: { x: 'y' } }];
      expect((await call('PATCH', path, operations, { type: jsonPatch })).json.metadata.annotations.x).toBe('y');
      const wrong = [{ op: 'test', path: '/metadata/name', value: 'other' }];
      expect((await call('PATCH', path, wrong, { type: jsonPatch })).status).toBe(422);
    });

    it('refuses other types, other names and stale versions', async () => {
      expect((await call('PATCH', path, {}, { type: 'application/json' })).status).toBe(415);
      expect((await call('PATCH', path, { metadata: { name: 'other' } }, { type: merge })).status).toBe(400);
      expect((await call('PATCH', path, { metadata: { resourceVersion: '1' } }, { type: merge })).status).toBe(409);
    });
  });

  describe('server-side apply', () => {
    const path = (name: string, manager: string, rest = ''): string =>
      `${core}/configmaps/${name}?fieldManager=${manager}${rest}`;
    const applied = (name: string, data: Record<string, string>): object => configMap(name, data);

    it('creates, and removes what its manager names no more', async () => {
      const options = { type: apply };
      expect((await call('PATCH', path('ssa', 'one'), applied('ssa', { a: '1', b: '2' }), options)).status).toBe(201);
      const second = await call('PATCH', path('ssa', 'one'), applied('ssa', { a: '1' }), options);
      expect([second.status, second.json.data]).toEqual([200, { a: '1' }]);
      expect(second.json.metadata.managedFields).toEqual([
        expect.objectContaining({ manager: 'one', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {} } } }),
      ]);
    });

    it('shares equal fields, and keeps what another manager still names', async () => {
      const options = { type: apply };
      await call('PATCH', path('shared', 'one'), applied('shared', { a: '1', b: '2' }), options);
      expect((await call('PATCH', path('shared', 'two'), applied('shared', { a: '1' }), options)).status).toBe(200);
      const answer = await call(
        'PATCH',
        path('shared', 'one'),
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' } },
        options,
      );
      expect(answer.json.data).toEqual({ a: '1' });
    });

    it('refuses a field of another manager with 409, unless forced', async () => {
      const options = { type: apply };
      await call('PATCH', path('fought', 'one'), applied('fought', { a: '1' }), options);
      const refused = await call('PATCH', path('fought', 'two'), applied('fought', { a: '2' }), options);
      expect(refused.status).toBe(409);
      expect(refused.json).toMatchObject({
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
        details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }] },
      });
      const forced = await call('PATCH', path('fought', 'two', '&force=true'), applied('fought', { a: '2' }), options);
      expect(forced.json.data).toEqual({ a: '2' });
      expect(forced.json.metadata.managedFields.map((entry: { manager: string }) => entry.manager)).toEqual(['two']);
    });

    it('conflicts with an update', async () => {
      await call('PATCH', path('updated', 'one'), applied('updated', { a: '1' }), { type: apply });
      await call('PATCH', `${core}/configmaps/updated?fieldManager=hand`, { data: { a: '2' } }, { type: merge });
      const refused = await call('PATCH', path('updated', 'one'), applied('updated', { a: '1' }), { type: apply });
      expect(refused.status).toBe(409);
      expect(refused.json.message).toContain('conflict with "hand" using v1: .data.a');
    });

    it('needs a manager', async () => {
      const answer = await call('PATCH', `${core}/configmaps/nobody`, applied('nobody', {}), { type: apply });
      expect([answer.status, ...fieldsOf(answer)]).toEqual([422, 'fieldManager']);
    });

    it('merges containers by name', async () => {
      const where = `${apps}/deployments/applied?fieldManager=`;
      const configuration = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'applied' },
        spec: deploymentSpec('applied'),
      };
      expect((await call('PATCH', `${where}one`, configuration, { type: apply })).status).toBe(201);
      const container = { name: 'main', env: [{ name: 'C', value: '3' }] };
      const other = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'applied' },
        spec: { template: { spec: { containers: [container] } } },
      };
      const both = await call('PATCH', `${where}two`, other, { type: apply });
      expect(both.status, both.text).toBe(200);
      expect(both.json.spec.template.spec.containers).toHaveLength(1);
      expect(both.json.spec.template.spec.containers[0]).toMatchObject({
        image: 'main:1',
        env: [{ name: 'A' }, { name: 'C' }],
      });
    });
  });

  describe('watch', () => {
    it('tells of what comes, changes and goes after a version', async () => {
      const { resourceVersion } = (await call('GET', `${core}/configmaps`)).json.metadata;
      const events = await watch(
        `${core}/configmaps?watch=true&resourceVersion=${resourceVersion}&fieldSelector=metadata.name%3Dwatched`,
      );
      await create(`${core}/configmaps`, configMap('watched', { a: '1' }));
      await create(`${core}/configmaps`, configMap('other-one'));
      await call('PATCH', `${core}/configmaps/watched`, { data: { a: '2' } }, { type: merge });
      await call('DELETE', `${core}/configmaps/watched`);
      expect(await events.next()).toMatchObject({ type: 'ADDED', object: { kind: 'ConfigMap', data: { a: '1' } } });
      expect(await events.next()).toMatchObject({ type: 'MODIFIED', object: { data: { a: '2' } } });
      const gone = await events.next();
      expect(gone).toMatchObject({ type: 'DELETED', object: { data: { a: '2' } } });
      expect(Number(gone.object.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
    });

    it('begins with what there is when no version is named', async () => {
      await create(`${core}/configmaps`, configMap('initial', {}, { labels: { initial: 'yes' } }));
      const events = await watch(`${core}/configmaps?watch=true&labelSelector=initial`);
      expect(await events.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'initial' } } });
    });

    it('tells of objects that enter and leave a selection', async () => {
      const { resourceVersion } = (await call('GET', `${core}/configmaps`)).json.metadata;
      const events = await watch(
        `${core}/configmaps?watch=1&resourceVersion=${resourceVersion}&labelSelector=mood%3Dgood`,
      );
      const set = (mood: string | null): Promise<Answer> =>
        call('PATCH', `${core}/configmaps/moody`, { metadata: { labels: { mood } } }, { type: merge });
      await create(`${core}/configmaps`, configMap('moody', {}, { labels: { mood: 'bad' } }));
      await set('good');
      await set('bad');
      expect(await events.next()).toMatchObject({ type: 'ADDED', object: { metadata: { labels: { mood: 'good' } } } });
      expect(await events.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'moody' } } });
    });

    it('ends after its time', async () => {
      const { resourceVersion } = (await call('GET', `${core}/configmaps`)).json.metadata;
      const events = await watch(
        `${core}/configmaps?watch=true&timeoutSeconds=1&resourceVersion=${resourceVersion}&labelSelector=never`,
      );
      expect(await events.next()).toBeUndefined();
    });

    it('sends tables', async () => {
      await create(`${core}/configmaps`, configMap('tabled', { a: '', b: '' }));
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
      const answer = await call(
        'GET',
        `${core}/configmaps?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dtabled`,
        undefined,
        { accept },
      );
      const event = JSON.parse(answer.text.split('\n')[0] ?? '');
      expect(event).toMatchObject({ type: 'ADDED', object: { kind: 'Table' } });
      expect(event.object.rows[0].cells.slice(0, 2)).toEqual(['tabled', 2]);
    });
  });

  describe('delete', () => {
    it('answers with a Status, then with 404', async () => {
      await create(`${core}/configmaps`, configMap('deleted'));
      const answer = await call('DELETE', `${core}/configmaps/deleted`);
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        kind: 'Status',
        status: 'Success',
        details: { name: 'deleted', kind: 'configmaps' },
      });
      expect((await call('DELETE', `${core}/configmaps/deleted`)).status).toBe(404);
    });

    it('respects preconditions and dry runs', async () => {
      const { metadata } = await create(`${core}/configmaps`, configMap('guarded'));
      const path = `${core}/configmaps/guarded`;
      expect((await call('DELETE', path, { preconditions: { uid: 'another' } })).status).toBe(409);
      expect((await call('DELETE', path, { preconditions: { resourceVersion: '1' } })).status).toBe(409);
      expect((await call('DELETE', `${path}?dryRun=All`)).status).toBe(200);
      expect((await call('GET', path)).status).toBe(200);
      expect((await call('DELETE', path, { preconditions: { uid: metadata.uid } })).status).toBe(200);
    });

    it.each([
      ['configmaps', configMap('finalized')],
      ['services', { metadata: { name: 'finalized' }, spec: { ports: [{ port: 80 }] } }],
    ])('waits for finalizers: %s', async (plural, body) => {
      const path = `${core}/${plural}/finalized`;
      await create(`${core}/${plural}`, body);
      await call('PATCH', path, { metadata: { finalizers: ['example.com/hold'] } }, { type: merge });
      expect((await call('DELETE', path)).status).toBe(200);
      // What a DELETE answers for a service that stays depends on the version of Kubernetes.
      expect((await call('GET', path)).json.metadata.deletionTimestamp).toBeDefined();
      await call('PATCH', path, { metadata: { finalizers: null } }, { type: merge });
      expect((await call('GET', path)).status).toBe(404);
    });

    it('deletes collections by label', async () => {
      for (const name of ['bulk-0', 'bulk-1'])
        await create(`${core}/configmaps`, configMap(name, {}, { labels: { bulk: 'yes' } }));
      expect((await call('DELETE', `${core}/configmaps?labelSelector=bulk%3Dyes`)).status).toBe(200);
      expect((await call('GET', `${core}/configmaps?labelSelector=bulk`)).json.items).toEqual([]);
      expect((await call('GET', `${core}/configmaps/created`)).status).toBe(200);
    });

    it('takes dependents with their owner', async () => {
      const owner = await create(`${core}/configmaps`, configMap('owner'));
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid };
      await create(`${core}/secrets`, { metadata: { name: 'dependent', ownerReferences: [reference] } });
      await call('DELETE', `${core}/configmaps/owner?propagationPolicy=Background`);
      await until(async () => (await call('GET', `${core}/secrets/dependent`)).status === 404);
    });
  });

  describe('namespaces', () => {
    it('terminate visibly, take no more, and take everything with them', async () => {
      const name = `${namespace}-gone`;
      const path = `/api/v1/namespaces/${name}`;
      await create('/api/v1/namespaces', { metadata: { name } });
      await create(`${path}/configmaps`, configMap('held', {}, { finalizers: ['example.com/hold'] }));
      await create(`${path}/secrets`, { metadata: { name: 'inside' } });
      const deleted = await call('DELETE', path);
      expect(deleted.json.status.phase).toBe('Terminating');
      expect((await call('GET', path)).json.metadata.deletionTimestamp).toBeDefined();
      const refused = await call('POST', `${path}/configmaps`, configMap('late'));
      expect(refused.status).toBe(403);
      expect(refused.json).toMatchObject({ reason: 'Forbidden' });
      expect(refused.json.details.causes[0].reason).toBe('NamespaceTerminating');
      await until(async () => (await call('GET', `${path}/secrets/inside`)).status === 404, 20_000);
      await until(async () => (await call('GET', `${path}/configmaps/held`)).json.metadata.deletionTimestamp, 20_000);
      await call('PATCH', `${path}/configmaps/held`, { metadata: { finalizers: null } }, { type: merge });
      await until(async () => (await call('GET', path)).status === 404, 20_000);
    });
  });

  it('keeps the namespaces that a cluster cannot be without', async () => {
    for (const name of ['default', 'kube-system']) {
      const answer = await call('DELETE', `/api/v1/namespaces/${name}`);
      expect([answer.status, answer.json.message]).toEqual([
        403,
        `namespaces "${name}" is forbidden: this namespace may not be deleted`,
      ]);
    }
  });

  describe('kinds', () => {
    it('turns the plain text of secrets into data', async () => {
      const created = await create(`${core}/secrets`, { metadata: { name: 'plain' }, stringData: { a: 'text' } });
      expect(created).toMatchObject({ type: 'Opaque', data: { a: Buffer.from('text').toString('base64') } });
      expect(created.stringData).toBeUndefined();
    });

    it('gives services addresses, and keeps them', async () => {
      const created = await create(`${core}/services`, {
        metadata: { name: 'addressed' },
        spec: { ports: [{ port: 80 }] },
      });
      expect(created.spec).toMatchObject({
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
      });
      expect(created.spec.clusterIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      const path = `${core}/services/addressed`;
      const changed = await call(
        'PATCH',
        path,
        { spec: { ports: [{ port: 80, targetPort: 8080 }] } },
        { type: strategic },
      );
      expect(changed.json.spec).toMatchObject({ clusterIP: created.spec.clusterIP, ports: [{ targetPort: 8080 }] });
      expect((await call('PATCH', path, { spec: { clusterIP: '10.96.200.200' } }, { type: merge })).status).toBe(422);
      const headless = await create(`${core}/services`, {
        metadata: { name: 'headless' },
        spec: { clusterIP: 'None', ports: [{ port: 80 }] },
      });
      expect(headless.spec.clusterIP).toBe('None');
    });

    it('defaults deployments', async () => {
      const created = await create(`${apps}/deployments`, {
        metadata: { name: 'defaulted' },
        spec: deploymentSpec('defaulted'),
      });
      expect(created.spec).toMatchObject({
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: { spec: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', terminationGracePeriodSeconds: 30 } },
      });
      expect(created.spec.template.spec.containers[0]).toMatchObject({
        imagePullPolicy: 'IfNotPresent',
        ports: [{ protocol: 'TCP' }],
      });
    });

    it('has a default service account in each namespace', async () => {
      await until(async () => (await call('GET', `${core}/serviceaccounts/default`)).status === 200);
    });

    it('answers for logs of pods that are not there', async () => {
      expect((await call('GET', `${core}/pods/missing/log`)).status).toBe(404);
    });
  });
}

/** A deployment of nothing: no image is pulled, no container started. */
function deploymentSpec(app: string): object {
  const main = { name: 'main', image: 'main:1', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] };
  return {
    replicas: 0,
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [main] } },
  };
}
