import { join } from 'node:path';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import type { Bench } from './figure';
import { silentLog } from './silentLog';
import { watchDelay } from './watchDelay';
import { makeWorkplace } from './workplace';

/** How soon what happens in the cluster is in the snapshot that everything renders from. */
export const watch: Bench = {
  name: 'watch',
  async run({ root, quick }) {
    const workplace = await makeWorkplace(root);
    const { product, repository } = workplace;
    try {
      await product.clusters.start(
        { name: 'embedded' },
        { signal: AbortSignal.timeout(60_000), report: () => undefined },
      );
      const cluster = new KubernetesCluster({
        identity: { kind: 'embedded' },
        kubeconfig: { path: join(product.home, 'cluster', 'kubeconfig'), context: 'coppice-embedded' },
        log: silentLog,
      });
      const name = 'A change in the cluster is in the snapshot';
      return [await watchDelay(name, { product, repository, cluster }, quick ? 3 : 15)];
    } finally {
      await workplace.dispose();
    }
  },
};
