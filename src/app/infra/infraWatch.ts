import { traitsOf } from '../../core/clusterTraits';
import { toEnvironment } from '../../core/health';
import { infraNamespace, infraOwner } from '../../core/infra';
import type { Environment } from '../../core/model';
import type { Cluster, ClusterWatchState } from '../../core/ports/cluster';

/** Follows infra in a cluster; what was known last stays known when the watch ends. Disposed by whoever made it. */
export class InfraWatch {
  #current: Environment | undefined;
  readonly #stop: () => void;

  /** The embedded cluster has no infra, and is not asked for it. */
  constructor(cluster: Cluster, onChange: () => void) {
    if (!traitsOf(cluster.identity).hasInfra) {
      this.#stop = () => undefined;
      return;
    }
    const watch = cluster.watch(infraOwner.repositoryId);
    const hear = (state: ClusterWatchState): void => {
      if (state.state !== 'online') return;
      const facts = state.environments.find(({ namespace }) => namespace === infraNamespace);
      this.#current = facts && toEnvironment(facts);
      onChange();
    };
    const subscription = watch.onDidChange(hear);
    hear(watch.current);
    this.#stop = () => {
      subscription.dispose();
      watch.dispose();
    };
  }

  get current(): Environment | undefined {
    return this.#current;
  }

  dispose(): void {
    this.#stop();
  }
}
