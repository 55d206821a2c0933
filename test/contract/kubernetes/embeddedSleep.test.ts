import { expect, test } from 'vitest';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { startTestCluster } from '../../support/embeddedCluster';
import { kubernetesHarness, silentLog } from '../../support/kubernetesHarness';
import { expectStatus } from '../../support/services';
import { until } from '../../support/until';

const owner = { repositoryId: 'aa', worktreeId: 'bb' };
const namespace = 'worktree-sleep';
/** More memory than any machine has. */
const never = '9999999 0 600';

test('a sleep ends the wait of what is to come back with the cluster: room starts nothing then', async () => {
  let embedded = await startTestCluster();
  try {
    const kubeconfig = { path: embedded.kubeconfig, context: 'coppice-embedded' };
    const command = () => [process.execPath, '-e', 'setInterval(() => undefined, 100000)'];
    const { runService } = kubernetesHarness(kubeconfig, 'node', command, { 'coppice.dev/folder': embedded.home });
    const open = () => new KubernetesCluster({ identity: { kind: 'embedded' }, kubeconfig, log: silentLog });
    await open().claimNamespace({ name: namespace, owner, annotations: { 'start-limits': never } });
    await runService(namespace, owner, 'web', { lines: [] });
    await embedded.stop();
    embedded = await embedded.startAgain();
    const path = `/api/v1/namespaces/${namespace}`;
    const annotations = async (): Promise<Readonly<Record<string, string>>> => {
      const { metadata } = (await expectStatus(embedded, 200, 'GET', path)) as {
        metadata: { annotations: Record<string, string> };
      };
      return metadata.annotations;
    };
    await until(async () => /memory/.test((await annotations())['coppice.dev/waits'] ?? ''), 20_000);
    await new KubernetesWorkloads(open().connection).sleep(namespace, 'web', owner);
    expect((await annotations())['coppice.dev/waits']).toBeUndefined();
    expect((await annotations())['coppice.dev/start-limits']).toBe(never);
    const body = { metadata: { annotations: { 'coppice.dev/start-limits': null } } };
    await expectStatus(embedded, 200, 'PATCH', path, body, 'application/merge-patch+json');
    // What is made to wait after it would have been started after it.
    const other = 'worktree-other';
    await open().claimNamespace({ name: other, owner: { ...owner, worktreeId: 'cc' }, annotations: {} });
    await runService(other, { ...owner, worktreeId: 'cc' }, 'web', { lines: [] });
    const { items } = (await expectStatus(
      embedded,
      200,
      'GET',
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
    )) as {
      items: { spec: { replicas: number } }[];
    };
    expect(items.map(({ spec }) => spec.replicas)).toEqual([0]);
  } finally {
    await embedded.dispose();
  }
}, 90_000);
