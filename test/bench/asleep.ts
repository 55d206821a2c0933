import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { clusterFiles, type ClusterLine } from '../../packages/cluster/src/contract';
import { median, type Bench } from './figure';
import { measuredCreate } from './measuredCreate';
import { memoryKb } from './memoryKb';
import { makeWorkplace } from './workplace';

/** After which the cluster's program has looked for garbage that nobody asks it for. */
const restMs = 15_000;

/** What environments cost that sleep: the memory of the cluster's program, which is all that there is of them but files. */
export const asleep: Bench = {
  name: 'asleep',
  skipped: () => (process.platform === 'linux' ? undefined : 'what a process uses is read from /proc'),
  async run({ root, quick }) {
    const [awake, sleeping] = quick ? [1, 3] : [3, 17];
    const workplace = await makeWorkplace(root);
    try {
      const { product, repository } = workplace;
      for (let i = 0; i < awake; i++) await measuredCreate(product, repository, `bench/awake-${i}`);
      const text = await readFile(join(product.home, 'cluster', clusterFiles.cluster), 'utf8');
      const { pid } = JSON.parse(text) as ClusterLine;
      const before = await memoryAtRest(pid);
      for (let i = 0; i < sleeping; i++) {
        const { result } = await measuredCreate(product, repository, `bench/asleep-${i}`);
        const { path } = result.worktree;
        const run = { signal: AbortSignal.timeout(60_000), report: () => undefined };
        const { ended } = await product.environments.sleep({ folder: path, path }, run);
        if (!ended) throw new Error(`${path} does not sleep`);
      }
      const after = await memoryAtRest(pid);
      return [
        {
          name: `One of ${sleeping} environments that sleep beside ${awake}, in the cluster's memory`,
          unit: 'KB',
          value: Math.max(0, after - before) / sleeping,
          runs: sleeping,
          yardstick: { name: `the cluster with the ${awake}`, value: before },
          goals: [{ kind: 'value', most: 2048 }],
        },
      ];
    } finally {
      await workplace.dispose();
    }
  },
};

/** The median of some seconds, after a rest. */
async function memoryAtRest(pid: number): Promise<number> {
  await delay(restMs);
  const seen: number[] = [];
  for (let i = 0; i < 10; i++) {
    seen.push(memoryKb(pid));
    await delay(500);
  }
  return median(seen);
}
