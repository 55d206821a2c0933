import type { Owner } from '../../core/model';
import type { Workloads } from '../../core/ports/workloads';
import type { Starter } from './starting';

/** Starts services of one environment. */
export function starterOf(
  workloads: Pick<Workloads, 'release' | 'runOnce'>,
  { namespace, owner, again }: { readonly namespace: string; readonly owner: Owner; readonly again: Starter['again'] },
  signal: AbortSignal,
): Starter {
  return {
    again,
    release: (service) => workloads.release(namespace, service, owner, signal),
    runOnce: (service) => workloads.runOnce(namespace, service, owner, signal),
  };
}
