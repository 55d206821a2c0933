import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { infraChart, render, type KubeObject } from '../support/infraChart';
import { connect, type KubeConnection } from '../support/kubeConnection';
import { objectPaths, type ObjectPath } from '../support/objectPaths';
import { hasNodes, realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';
import { until } from '../support/until';

verifiesKubernetes('whether pod security "restricted" lets in every pod of charts/infra');

// Where nothing runs its images are asked of nobody: what is seen is whether the controllers may make its pods.
describe.skipIf(hasNodes)('infra where only the most restricted pods are let in', () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  const namespace = `restricted-${mark}`;
  let api: KubeConnection;
  let pathOf: ObjectPath;
  let objects: KubeObject[];

  beforeAll(async () => {
    api = await connect((await realPlace()).kubeconfig.path);
    pathOf = await objectPaths(api);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
    expect((await api.call('POST', '/api/v1/namespaces', { body })).status).toBe(201);
    // What reads the logs of nodes needs a folder of theirs: it is left out where that is not allowed.
    objects = await render(infraChart, namespace, { collector: { podLogs: { enabled: false } } });
  });
  afterAll(async () => {
    for (const object of objects) if (object.metadata.namespace === undefined) await api.call('DELETE', path(object));
    await api.call('DELETE', `/api/v1/namespaces/${namespace}`);
    api.close();
  });

  const path = (object: KubeObject): string => pathOf(object) ?? `/no/${object.kind}`;
  const list = async (plural: string): Promise<KubeObject[]> =>
    (await api.call('GET', `/api/v1/namespaces/${namespace}/${plural}`)).json.items;

  test('each of its deployments gets its pod', async () => {
    for (const object of objects) {
      const options = { body: object, type: 'application/apply-patch+yaml' };
      const answer = await api.call('PATCH', `${path(object)}?fieldManager=coppice-test`, options);
      expect(answer.status, answer.text).toBe(201);
    }
    const wanted = objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name);
    expect(wanted.length).toBeGreaterThan(7);
    let made: (string | undefined)[] = [];
    await until(async () => {
      made = (await list('pods')).map(({ metadata }) => metadata.labels?.['coppice.dev/service']);
      return made.length >= wanted.length;
    }, 30_000).catch(async () => {
      const refused = (await list('events')).filter(({ reason }) => reason === 'FailedCreate');
      expect(refused.map(({ message }) => message)).toEqual([]);
    });
    expect(made.sort()).toEqual(wanted.sort());
  });

  test('and a pod that may do more does not', async () => {
    const body = {
      metadata: { name: 'more' },
      spec: { containers: [{ name: 'more', image: 'nowhere.invalid/none:1' }] },
    };
    const answer = await api.call('POST', `/api/v1/namespaces/${namespace}/pods`, { body });
    expect(answer.status).toBe(403);
    expect(answer.json.message).toMatch(/violates PodSecurity "restricted:latest"/);
  });
});
