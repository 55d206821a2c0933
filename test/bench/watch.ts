import { join } from 'node:path';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { median, type Bench } from './figure';
import { silentLog } from './silentLog';
import { makeWorkplace } from './workplace';

/** How soon what happens in the cluster is in the snapshot that everything renders from. */
export const watch: Bench = {
  name: 'watch',
  async run({ root, quick }) {
    const workplace = await makeWorkplace(root);
    const { product, repository } = workplace;
    const store = product.createStore(repository);
    try {
      await product.startServers(undefined, { signal: AbortSignal.timeout(60_000), report: () => undefined });
      const cluster = new KubernetesCluster({
        identity: { kind: 'embedded' },
        kubeconfig: { path: join(product.home, 'cluster', 'kubeconfig'), context: 'coppice-embedded' },
        log: silentLog,
      });
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
      const online = seen(() => store.snapshot.cluster.state === 'online');
      store.setVisible(true);
      await online;
      const repositoryId = store.snapshot.repository?.id ?? '';
      const runs = quick ? 3 : 15;
      const delays: number[] = [];
      const writes: number[] = [];
      for (let i = 0; i < runs; i++) {
        const name = `worktree-bench-${i}`;
        const owner = { repositoryId, worktreeId: `${i}`.padStart(12, '0') };
        const shown = seen(() => store.snapshot.orphans.some(({ namespace }) => namespace === name));
        const begin = performance.now();
        const written = cluster.claimNamespace({ name, owner, annotations: { slug: `bench-${i}` } }).then(() => {
          writes.push(performance.now() - begin);
        });
        await shown;
        delays.push(performance.now() - begin);
        await written;
        await cluster.deleteNamespace(name, owner);
      }
      return [
        {
          name: 'A change in the cluster is in the snapshot',
          unit: 'ms',
          value: median(delays),
          runs,
          yardstick: { name: "the change's own request", value: median(writes) },
          goals: [{ kind: 'value', most: 100 }],
        },
      ];
    } finally {
      store.dispose();
      await workplace.dispose();
    }
  },
};
