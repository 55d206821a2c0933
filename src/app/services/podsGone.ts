import { DisposableStore } from '../../core/event';
import type { EnvironmentFacts, PodFacts } from '../../core/facts';
import type { Owner } from '../../core/model';
import type { Cluster, ClusterWatchState } from '../../core/ports/cluster';

export interface PodsGone {
  readonly isGone: boolean;
  /** The last that was seen; undefined: nothing was. */
  readonly facts: EnvironmentFacts | undefined;
}

/**
 * Watches until the pods of services have gone, or the time is up. A cluster that goes away meanwhile is waited for as long.
 *
 * A pod that has ended by itself may stay.
 *
 * @param services 'all': of whatever runs there
 */
export async function podsGone(
  cluster: Pick<Cluster, 'watch'>,
  { owner, names }: { readonly owner: Owner; readonly names: { readonly namespace: string } },
  services: ReadonlySet<string> | 'all',
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PodsGone> {
  const held = new DisposableStore();
  try {
    const watch = held.add(cluster.watch(owner.repositoryId));
    return await new Promise<PodsGone>((resolve, reject) => {
      let facts: EnvironmentFacts | undefined;
      const look = (state: ClusterWatchState): void => {
        if (state.state !== 'online') return;
        facts = state.environments.find(({ namespace }) => namespace === names.namespace);
        // One that was deleted meanwhile has no pods either.
        const isOf = ({ service }: { readonly service: string }): boolean =>
          services === 'all' || services.has(service);
        const runs = (phase: PodFacts['phase']): boolean => phase !== 'Succeeded' && phase !== 'Failed';
        const isLeft = facts?.pods.some((pod) => isOf(pod) && runs(pod.phase)) ?? false;
        const isMeant = services === 'all' || facts?.deployments.every((each) => !isOf(each) || each.desired === 0);
        // Woken by somebody else: nothing more ends.
        if (!isLeft || isMeant === false) resolve({ isGone: !isLeft, facts });
      };
      const timer = setTimeout(() => resolve({ isGone: false, facts }), timeoutMs);
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      held.add({
        dispose: () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
        },
      });
      held.add(watch.onDidChange(look));
      if (signal.aborted) onAbort();
      else look(watch.current);
    });
  } finally {
    held.dispose();
  }
}
