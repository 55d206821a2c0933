import type { Product } from '../../src/app/product';
import type { Cluster } from '../../src/core/ports/cluster';
import { median, type Figure } from './figure';

/** How soon namespaces that are made in a cluster are in the snapshot of a repository that everything renders from. */
export async function watchDelay(
  name: string,
  { product, repository, cluster }: { product: Product; repository: string; cluster: Cluster },
  runs: number,
): Promise<Figure> {
  const store = product.snapshots.open(repository);
  const seen = (condition: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the snapshot never showed it')), 30_000);
      const listener = store.onDidChange(() => {
        if (!condition()) return;
        clearTimeout(late);
        listener.dispose();
        resolve();
      });
    });
  const made: { readonly name: string; readonly owner: { repositoryId: string; worktreeId: string } }[] = [];
  try {
    const online = seen(() => store.snapshot.cluster.state === 'online');
    store.setVisible(true);
    await online;
    const repositoryId = store.snapshot.repository?.id ?? '';
    const delays: number[] = [];
    const writes: number[] = [];
    for (let i = 0; i < runs; i++) {
      const environment = `worktree-bench-${repositoryId}-${i}`;
      const owner = { repositoryId, worktreeId: `${i}`.padStart(12, '0') };
      const shown = seen(() => store.snapshot.orphans.some(({ namespace }) => namespace === environment));
      const begin = performance.now();
      const request = { name: environment, owner, annotations: { slug: `bench-${i}` } };
      const written = cluster.claimNamespace(request).then(() => writes.push(performance.now() - begin));
      made.push({ name: environment, owner });
      await shown;
      delays.push(performance.now() - begin);
      await written;
    }
    return {
      name,
      unit: 'ms',
      value: median(delays),
      runs,
      yardstick: { name: "the change's own request", value: median(writes) },
      goals: [
        { kind: 'value', most: 100 },
        { kind: 'ratio', most: 2.5 },
      ],
    };
  } finally {
    store.dispose();
    await Promise.all(made.map((one) => cluster.deleteNamespace(one.name, one.owner)));
  }
}
