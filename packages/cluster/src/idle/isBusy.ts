import type { UsageSource } from '../http/usageSource';

/** What watches files and waits for requests uses far less; what works at something for hours uses more. Cores. */
const BUSY_CORES = 0.25;

/** Whether services of a namespace work at something though nobody asks them for anything. Rejects when the system does not tell. */
export async function isBusy(usage: Pick<UsageSource, 'pods'>, namespace: string): Promise<boolean> {
  const pods = (await usage.pods()).filter((pod) => pod.namespace === namespace);
  const cores = pods.flatMap(({ containers }) => containers.map(({ cpuCores }) => cpuCores));
  return cores.reduce((sum, each) => sum + each, 0) >= BUSY_CORES;
}
