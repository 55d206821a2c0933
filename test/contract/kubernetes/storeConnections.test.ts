import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environmentParts } from '../../../src/app/environment/parts/environmentParts';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { resourcesOf } from '../../../src/adapters/kubernetes/watch/resourceLists';
import { EnvironmentStore } from '../../../src/app/snapshot/environmentStore';
import { infraNamespace } from '../../../src/core/infra';
import { EnvironmentWorld } from '../../support/environmentWorld';
import { silentLog } from '../../support/kubernetesHarness';
import { StubApiServer } from '../../support/stubApiServer';
import { until } from '../../support/until';

let folder: string;
let server: StubApiServer;
let store: EnvironmentStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-store-'));
  server = new StubApiServer();
  await server.start();
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig());
  const cluster = new KubernetesCluster({
    identity: { kind: 'context' },
    kubeconfig: { path: join(folder, 'kubeconfig'), context: 'stub' },
    log: silentLog,
  });
  const { worktrees, identities, environmentFiles, clock, locks } = new EnvironmentWorld();
  const ports = {
    worktrees,
    identities,
    environmentFiles,
    clock,
    locks,
    consistsOf: environmentParts,
    clusterOf: async () => cluster,
  };
  store = new EnvironmentStore('/code/repo', async () => ports, silentLog);
});
afterEach(async () => {
  store.dispose();
  await server.stop();
  await rm(folder, { recursive: true });
});

const resources = resourcesOf({ kind: 'context' });

test('a view that opens has one list and one watch a resource type, for its environments and infra, and none while it is hidden', async () => {
  const labels = { 'coppice.dev/repository': 'infra', 'coppice.dev/worktree': 'infra' };
  server.put('/api/v1/namespaces', { metadata: { name: infraNamespace, labels } as never });
  const requests = (): number => [...server.lists.values(), ...server.watches.values()].reduce((a, b) => a + b, 0);
  store.setVisible(true);
  await until(() => store.snapshot.infra && server.openWatches === resources.length);
  expect(store.snapshot.infra).toMatchObject({ namespace: infraNamespace });
  expect(requests()).toBe(2 * resources.length);
  const selectors = new Set(server.queries.map((query) => query.get('labelSelector')));
  const { id } = store.snapshot.repository ?? {};
  // Events carry no labels.
  expect(selectors).toEqual(new Set([`coppice.dev/repository in (${id},infra)`, null]));
  store.setVisible(false);
  await until(() => server.openWatches === 0);
  expect(requests()).toBe(2 * resources.length);
});
