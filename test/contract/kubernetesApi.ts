import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Answer, type CallOptions, type KubeConnection, type KubeWatch } from '../support/kubeConnection';
import { deploymentSpec, type ApiUnderTest } from './apiUnderTest';
import { changesContract } from './kubernetesApiChanges';
import { livesContract } from './kubernetesApiLives';

const merge = 'application/merge-patch+json';

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
        // 1.37 takes one that begins with a digit, 1.20 does not.
        { metadata: { name: 'a.s' }, spec: { ports: [{ port: 1 }] } },
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

  const under: ApiUnderTest = { namespace, core, apps, call, configMap, create, watch, fieldsOf };
  changesContract(under);
  livesContract(under);
}
