import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environmentParts } from '../../../src/app/environment/parts/environmentParts';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { resourcesOf } from '../../../src/adapters/kubernetes/watch/resourceLists';
import { EnvironmentStore } from '../../../src/app/snapshot/environmentStore';
import { readSnapshot, type ReadPorts } from '../../../src/app/snapshot/readSnapshot';
import { infraNamespace } from '../../../src/core/clusters/infra';
import type { Snapshot } from '../../../src/core/model';
import { EnvironmentWorld } from '../../support/environmentWorld';
import { identityOf } from '../../support/identityOf';
import { silentLog } from '../../support/kubernetesHarness';
import { StubApiServer } from '../../support/stubApiServer';
import { until } from '../../support/until';

let folder: string;
let server: StubApiServer;
let store: EnvironmentStore;
let ports: ReadPorts;
let world: EnvironmentWorld;

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
  world = new EnvironmentWorld();
  const { worktrees, identities, environmentFiles, clock, locks } = world;
  ports = {
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

test('200 worktrees and their environments, and one without a worktree, are told apart by one list a resource type', async () => {
  const { worktrees, identities } = world;
  const repository = await worktrees.repository('/code/repo');
  const put = (slug: string, worktreeId: string): void => {
    const labels = { 'coppice.dev/repository': repository.id, 'coppice.dev/worktree': worktreeId };
    server.put('/api/v1/namespaces', { metadata: { name: `worktree-${slug}`, labels } as never });
  };
  for (let index = 0; index < 200; index++) {
    const [branch, worktreeId] = [`b${index}`, String(index).padStart(12, '0')];
    const made = await worktrees.add(repository, { kind: 'new', branch, base: 'main', folder: `/code/${branch}` });
    const owner = { repositoryId: repository.id, worktreeId };
    await identities.write(made, identityOf(branch, { owner, cluster: { kind: 'context' } }));
    put(branch, worktreeId);
  }
  put('gone', 'f'.repeat(12));
  const isTold = ({ entries, orphans }: Snapshot): boolean =>
    entries.filter(({ environment }) => environment).length === 200 &&
    orphans.map(({ namespace }) => namespace).join() === 'worktree-gone';

  // What a terminal asks, once.
  expect(isTold(await readSnapshot(ports)('/code/repo', new AbortController().signal))).toBe(true);
  expect(server.lists.size).toBeGreaterThan(0);
  // Before them one namespace is asked for: whether it answers.
  expect(server.queries.filter((query) => query.get('limit') === '1')).toHaveLength(1);
  expect([...server.lists].filter(([, count]) => count !== 1)).toEqual([['/api/v1/namespaces', 2]]);
  expect(server.watches.size).toBe(0);

  // And a view, for as long as it is open.
  server.lists.clear();
  store.setVisible(true);
  await until(() => isTold(store.snapshot) && server.openWatches === resources.length);
  expect([...server.lists.values()]).toEqual(resources.map(() => 1));
  expect([...server.watches.values()]).toEqual(resources.map(() => 1));
});
