import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../support/apiServer';
import { connect } from '../../support/kubeConnection';
import { kubernetesApiContract } from '../kubernetesApi';

describe('the API of the embedded cluster', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });

  afterAll(() => api.close());

  kubernetesApiContract(() => api.kubeconfig);

  it('keeps its own controllers, whatever else is deleted', async () => {
    const connection = await connect(api.kubeconfig);
    const pods = '/api/v1/namespaces/kube-system/pods';
    const before = api.objects.list('Pod', 'kube-system').items.length;
    const one = await connection.call('DELETE', `${pods}/replicaset-controller`);
    expect([one.status, one.json.reason]).toEqual([403, 'Forbidden']);
    expect((await connection.call('DELETE', pods)).status).toBe(200);
    expect((await connection.call('DELETE', '/api/v1/nodes/node-1')).status).toBe(403);
    expect(api.objects.list('Pod', 'kube-system').items).toHaveLength(before);
    connection.close();
  });

  it('makes a patch again when another writer came between', async () => {
    const connection = await connect(api.kubeconfig);
    const path = '/api/v1/namespaces/default/configmaps';
    await connection.call('POST', path, { body: { metadata: { name: 'crowded' } } });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        connection.call('PATCH', `${path}/crowded`, {
          body: { data: { [`key-${index}`]: '' } },
          type: 'application/merge-patch+json',
        }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    const stored = (await connection.call('GET', `${path}/crowded`)).json;
    expect(Object.keys(stored.data)).toHaveLength(50);
    connection.close();
  });
});
