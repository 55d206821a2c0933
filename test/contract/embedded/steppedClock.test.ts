import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { createNamespace, deploy, expectStatus, makeFolder, type PodView } from '../../support/services';
import { until } from '../../support/until';

let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let clock: string;

beforeAll(async () => {
  folder = await makeFolder({});
  clock = join(folder.path, 'clock');
  await writeFile(clock, '0');
  const preload = pathToFileURL(resolve(import.meta.dirname, '../../support/steppedClock.mjs'));
  preload.searchParams.set('file', clock);
  cluster = await startTestCluster({ node: ['--import', preload.href] });
  await createNamespace(cluster, 'shop');
});
afterAll(async () => {
  await cluster.dispose();
  await folder.remove();
});

interface Pods {
  items?: PodView[];
}

const hour = 3600_000;
const podsOf = async (name: string): Promise<PodView[]> => {
  const path = `/api/v1/namespaces/shop/pods?labelSelector=app%3D${name}`;
  const { items = [] }: Pods = await expectStatus(cluster, 200, 'GET', path);
  return items;
};
const restartsOf = async (name: string): Promise<number> =>
  (await podsOf(name))[0]?.status.containerStatuses?.[0]?.restartCount ?? 0;

/** What the cluster took to be now, milliseconds since the epoch. */
async function clusterNow(): Promise<number> {
  const name = `now-${Math.random().toString(36).slice(2)}`;
  const path = '/api/v1/namespaces/shop/configmaps';
  const { metadata }: { metadata?: { creationTimestamp?: string } } = await expectStatus(cluster, 201, 'POST', path, {
    metadata: { name },
  });
  return Date.parse(metadata?.creationTimestamp ?? '');
}

/** Resolves once the cluster knows. */
async function set(ms: number): Promise<void> {
  await writeFile(clock, String(ms));
  await until(async () => Math.abs((await clusterNow()) - Date.now() - ms) < 60_000);
}

it.each([
  ['back by an hour', -hour],
  ['forwards by a day', 24 * hour],
  ['back by a week', -7 * 24 * hour],
])(
  'starts, restarts, replaces and ends services while its machine’s clock is put %s',
  async (_, ms) => {
    const before = (await clusterNow()) - Date.now();
    const names = ['steady', 'crashing', 'ending'].map((name) => `${name}-${Math.abs(ms) / hour}`);
    const [steady = '', crashing = '', ending = ''] = names;
    for (const name of [steady, ending])
      await deploy(cluster, 'shop', name, { folder: folder.path, command: ['sleep', '1000'] });
    await deploy(cluster, 'shop', crashing, { folder: folder.path, command: ['sh', '-c', 'sleep 1; exit 3'] });
    await until(async () => (await restartsOf(crashing)) >= 1, 60_000);
    await set(before + ms);
    // In its back-off, and once more: what it waits for it waits for no longer than ever.
    const restarts = await restartsOf(crashing);
    const began = performance.now();
    await until(async () => (await restartsOf(crashing)) >= restarts + 2, 120_000);
    expect(performance.now() - began).toBeGreaterThan(5000);
    const path = `/apis/apps/v1/namespaces/shop/deployments`;
    await expectStatus(cluster, 200, 'DELETE', `${path}/${ending}`);
    await until(async () => (await podsOf(ending)).length === 0, 60_000);
    const template = { metadata: { annotations: { again: 'yes' } } };
    const [old] = await podsOf(steady);
    await expectStatus(
      cluster,
      200,
      'PATCH',
      `${path}/${steady}`,
      { spec: { template } },
      'application/merge-patch+json',
    );
    const replaced = await until(async () => {
      const [pod, ...others] = await podsOf(steady);
      return others.length === 0 &&
        pod?.metadata.name !== old?.metadata.name &&
        pod?.status.containerStatuses?.[0]?.ready
        ? pod
        : undefined;
    }, 60_000);
    // Its readers go by the machine's clock.
    const { startedAt = '' } = replaced.status.containerStatuses?.[0]?.state.running ?? {};
    expect(Math.abs(Date.parse(String(startedAt)) - (await clusterNow()))).toBeLessThan(60_000);
    for (const name of [steady, crashing]) await expectStatus(cluster, 200, 'DELETE', `${path}/${name}`);
    await until(async () => (await podsOf(crashing)).length === 0, 60_000);
  },
  400_000,
);
