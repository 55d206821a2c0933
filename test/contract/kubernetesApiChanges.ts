import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer } from '../support/kubeConnection';
import { deploymentSpec, type ApiUnderTest } from './apiUnderTest';

const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const apply = 'application/apply-patch+yaml';

/** How what is there is changed: whole, by patches, and by several managers. */
export function changesContract({ namespace, core, apps, call, configMap, create, fieldsOf }: ApiUnderTest): void {
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
}
