import { describe, expect, it } from 'vitest';
import { type Answer } from '../support/kubeConnection';
import { until } from '../support/until';
import { deploymentSpec, type ApiUnderTest } from './apiUnderTest';

const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';

/** What is told of objects, how they end, and what kinds have of their own. */
export function livesContract({ namespace, core, apps, call, configMap, create, watch }: ApiUnderTest): void {
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
