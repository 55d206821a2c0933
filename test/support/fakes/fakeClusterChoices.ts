import { isSameCluster } from '../../../src/core/clusters/clusterRules';
import type { ClusterIdentity } from '../../../src/core/model';
import type { ChosenCluster, ClusterChoices } from '../../../src/core/ports/clusters';

/** Choices in memory. */
export class FakeClusterChoices implements ClusterChoices {
  readonly chosen = new Map<string, ChosenCluster>();
  all: readonly ChosenCluster[] = [];

  async read(repositoryId: string): Promise<ChosenCluster | undefined> {
    return this.chosen.get(repositoryId);
  }

  async allowed(): Promise<readonly ChosenCluster[]> {
    return this.all;
  }

  async choose(repositoryId: string, chosen: ChosenCluster): Promise<void> {
    this.chosen.set(repositoryId, chosen);
    if (chosen.identity.kind !== 'embedded') this.all = [...this.all, chosen];
  }

  watch(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  async forget(identity: ClusterIdentity): Promise<void> {
    this.all = this.all.filter((one) => !isSameCluster(one.identity, identity));
    for (const [id, one] of this.chosen) if (isSameCluster(one.identity, identity)) this.chosen.delete(id);
  }
}
