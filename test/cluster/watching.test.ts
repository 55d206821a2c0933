import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RealWorld } from '../support/realWorld';
import { until } from '../support/until';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('what watching costs: watches a resource type, requests a change');

/** How many watches of each resource type are among what was asked. */
function watchesByType(asked: readonly string[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const path of asked) {
    const { pathname, searchParams } = new URL(path, 'https://api');
    const type = pathname.split('/').at(-1) ?? '';
    if (searchParams.get('watch') === 'true') found[type] = (found[type] ?? 0) + 1;
  }
  return found;
}

// What is asked of the API server must not grow with what is watched: it is everybody's.
describe('Watching a real Kubernetes', { timeout: 120_000 }, () => {
  let world: RealWorld;
  let paths: string[] = [];
  const count = (message: unknown): void => {
    const { request } = message as { request: { path: string } };
    paths.push(request.path);
  };
  beforeAll(async () => {
    world = await RealWorld.create();
    subscribe('http.client.request.start', count);
  });
  afterAll(async () => {
    unsubscribe('http.client.request.start', count);
    await world?.dispose();
  });

  test('costs as many requests with nine environments as with one, and none for each of their changes', async () => {
    const repositoryId = await world.repositoryId();
    const cluster = world.cluster();
    const claim = async (number: number, text: string): Promise<void> => {
      const owner = { repositoryId, worktreeId: `${number}`.padStart(12, '0') };
      const name = `worktree-watching-${repositoryId}-${number}`;
      await cluster.claimNamespace({ name, owner, annotations: { slug: text } });
    };
    /** What this process asks of any server until it shows so many environments, and what for one more change of one. */
    const opening = async (environments: number): Promise<{ toOpen: string[]; toFollow: number }> => {
      const store = world.product.snapshots.open(world.repository);
      // Routes of the Gateway API are asked for once, and no more where it is not installed.
      const lasting = (): string[] => paths.filter((path) => !path.startsWith('/apis/gateway.networking.k8s.io/'));
      const ofWatches = (): number => lasting().filter((path) => path.includes('watch=true')).length;
      try {
        paths = [];
        store.setVisible(true);
        // Each list is followed by its watch, in no certain order.
        await until(
          () => store.snapshot.orphans.length === environments && ofWatches() * 2 === lasting().length,
          30_000,
        );
        const toOpen = paths.map((path) => path.replace(/&(?:timeoutSeconds|resourceVersion)=\d+/g, '')).sort();
        await claim(0, `changed-${environments}`);
        const opened = paths.length;
        await until(() => store.snapshot.orphans.some(({ slug }) => slug === `changed-${environments}`), 30_000);
        return { toOpen, toFollow: paths.length - opened };
      } finally {
        store.dispose();
      }
    };
    await claim(0, 'first');
    const one = await opening(1);
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((number) => claim(number, `s${number}`)));
    const nine = await opening(9);
    expect(nine).toEqual(one);
    expect(one.toFollow).toBe(0);
    expect(new Set(one.toOpen).size).toBeGreaterThanOrEqual(10);
    const watched = Object.entries(watchesByType(nine.toOpen)).sort();
    expect(watched.filter(([, watches]) => watches > 1)).toEqual([]);
    // Routes of the Gateway API where it is installed.
    expect(watched.map(([type]) => type).filter((type) => type !== 'httproutes')).toEqual([
      ...['deployments', 'events', 'ingresses', 'namespaces', 'pods'],
    ]);
  });
});
