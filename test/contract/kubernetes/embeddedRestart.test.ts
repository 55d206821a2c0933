import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { isAbort } from '../../../src/core/errors';
import type { EnvironmentFacts } from '../../../src/core/facts';
import type { ClusterWatch } from '../../../src/core/ports/cluster';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { kubernetesHarness, silentLog } from '../../support/kubernetesHarness';
import { until } from '../../support/until';

const owner = { repositoryId: 'aa', worktreeId: 'bb' };
const namespace = 'worktree-restart';
/** Numbers its runs in the file that the first argument names. */
const script = `
const fs = require('node:fs');
fs.appendFileSync(process.argv[1], 'x');
console.log('run ' + fs.readFileSync(process.argv[1], 'utf8').length);
setInterval(() => undefined, 100000);
`;

let embedded: TestCluster;
let watch: ClusterWatch;

beforeEach(async () => {
  embedded = await startTestCluster();
});
afterEach(async () => {
  watch.dispose();
  await embedded.dispose();
});

test('a watch and a reader of logs outlive a crash of the embedded cluster', { timeout: 60_000 }, async () => {
  const kubeconfig = { path: embedded.kubeconfig, context: 'coppice-embedded' };
  const { runService } = kubernetesHarness(
    kubeconfig,
    'node',
    () => [process.execPath, '-e', script, join(embedded.home, 'runs')],
    {
      'coppice.dev/folder': embedded.home,
    },
  );
  const cluster = new KubernetesCluster({ identity: { kind: 'embedded' }, kubeconfig, log: silentLog });
  const workloads = new KubernetesWorkloads(cluster.connection);
  watch = cluster.watch(undefined);
  const environment = (): EnvironmentFacts | undefined =>
    watch.current.state === 'online' ? watch.current.environments[0] : undefined;
  await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
  await runService(namespace, owner, 'web', { lines: [] });

  const lines: string[] = [];
  const cancel = new AbortController();
  const following = (async () => {
    for await (const line of workloads.logs(namespace, 'web', { follow: true }, cancel.signal)) lines.push(line);
  })();
  await until(() => environment()?.pods[0]?.isReady && lines.length === 1, 20_000);
  const seen: string[] = [];
  watch.onDidChange((state) => seen.push(state.state));

  // What was written in the last tenth of a second before a crash may be lost.
  const state = join(embedded.home, 'cluster', 'state.json');
  await until(async () => /"kind":"ReplicaSet".*"name":"web-/.test(await readFile(state, 'utf8').catch(() => '')));
  await embedded.crash();
  await until(() => watch.current.state === 'offline');
  embedded = await embedded.startAgain();
  await until(() => environment()?.pods.some((pod) => pod.isReady), 20_000);
  await until(() => lines.length >= 2, 20_000);
  expect(seen[0]).toBe('offline');
  // No line is heard twice: what comes twice would come before the next run's line.
  const before = environment()?.pods.map((pod) => pod.name);
  await workloads.restart(namespace, 'web', owner);
  await until(() => environment()?.pods.some((pod) => pod.isReady && !before?.includes(pod.name)), 20_000);
  await until(() => lines.length >= 3, 20_000);
  expect(lines[0]).toBe('run 1');
  expect(new Set(lines).size).toBe(lines.length);

  cancel.abort();
  await expect(following).rejects.toSatisfy(isAbort);
});
