import type { OutdatedCluster } from '../../core/outdatedCluster';
import type { Cluster } from '../../core/ports/cluster';
import type { ReadPorts } from './readSnapshot';
import { stateTrouble } from './stateTrouble';

/** What the program of a cluster says of itself when it is asked: no watch tells it. Never rejects. */
export class ClusterAnswers {
  #cluster: Cluster | undefined;
  outdatedCluster: OutdatedCluster | undefined;
  stateTrouble: string | undefined;

  constructor(
    private readonly ports: () => Promise<Pick<ReadPorts, 'outdatedCluster'>>,
    private readonly signal: AbortSignal,
    private readonly onAnswer: () => void,
  ) {}

  /** All, when it comes online: it may have been restarted. */
  async ask(cluster: Cluster): Promise<void> {
    this.#cluster = cluster;
    await Promise.all([this.#askVersion(cluster), this.askTrouble()]);
  }

  /** Nothing until it is asked all: it may be away. */
  async askTrouble(): Promise<void> {
    const cluster = this.#cluster;
    if (!cluster) return;
    const found = await stateTrouble(cluster, this.signal);
    if (this.#cluster !== cluster || found === this.stateTrouble) return;
    this.stateTrouble = found;
    this.onAnswer();
  }

  /** It is away, or another one is used. */
  forget(): void {
    this.#cluster = undefined;
    this.stateTrouble = undefined;
  }

  async #askVersion(cluster: Cluster): Promise<void> {
    const { outdatedCluster } = await this.ports();
    const found = await outdatedCluster?.(cluster.identity).catch(() => undefined);
    if (this.#cluster !== cluster) return;
    this.outdatedCluster = found;
    this.onAnswer();
  }
}
