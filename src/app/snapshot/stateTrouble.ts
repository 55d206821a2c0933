import type { Cluster } from '../../core/ports/cluster';

/** Whoever only looks does not wait for a disk that hangs. */
const patienceMs = 2_000;

/** Why a cluster that answers would lose what is changed now; undefined also where nobody can say in time. Never rejects. */
export async function stateTrouble(cluster: Cluster, signal: AbortSignal): Promise<string | undefined> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  return cluster.stateTrouble(either).catch(() => undefined);
}
