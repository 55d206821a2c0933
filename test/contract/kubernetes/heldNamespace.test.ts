import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { connect, type KubeConnection } from '../../support/kubeConnection';
import { silentLog } from '../../support/kubernetesHarness';
import { embeddedPlace, type Place } from '../../support/place';
import { until } from '../../support/until';

let place: Place;
let api: KubeConnection;

beforeAll(async () => {
  place = await embeddedPlace();
  api = await connect(place.kubeconfig.path);
});
afterAll(async () => {
  api.close();
  await place.dispose();
});

test('a namespace that something holds is brought to mind, and its deletion ends when it is let go', async () => {
  const { kubeconfig } = place;
  const cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog });
  const owner = { repositoryId: 'aa', worktreeId: 'bb' };
  const name = 'worktree-held';
  await cluster.claimNamespace({ name, owner, annotations: {} });
  const path = `/api/v1/namespaces/${name}`;
  const held = { metadata: { name: 'held', finalizers: ['example.com/hold'] } };
  expect((await api.call('POST', `${path}/configmaps`, { body: held })).status).toBe(201);
  const deleting = cluster.deleteNamespace(name, owner);
  await until(async () => (await api.call('GET', path)).json.metadata.annotations?.['coppice.dev/reminded'], 20_000);
  // Kubernetes says it in these words; whoever shows the environment says it, too.
  const [facts] = await cluster.read('aa', AbortSignal.timeout(10_000));
  const reason = 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances';
  expect(facts).toMatchObject({ namespace: name, terminating: true, terminatingReason: reason });
  const { conditions } = (await api.call('GET', path)).json.status;
  expect(conditions).toMatchObject([
    {
      type: 'NamespaceContentRemaining',
      status: 'True',
      message: expect.stringMatching(/: configmaps\. has \d/) as string,
    },
    { type: 'NamespaceFinalizersRemaining', status: 'True', message: reason },
  ]);
  const letGo = { body: { metadata: { finalizers: null } }, type: 'application/merge-patch+json' };
  expect((await api.call('PATCH', `${path}/configmaps/held`, letGo)).status).toBe(200);
  await deleting;
  expect(await cluster.readNamespace(name)).toBeUndefined();
});
