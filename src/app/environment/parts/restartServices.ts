import type { ServiceSpec } from '../../../core/environmentFile';
import { isAppError } from '../../../core/errors';
import type { Identity } from '../../../core/model';
import type { Workloads } from '../../../core/ports/workloads';

/** New pods of its own services where the chart says the same as before, so that Helm alone would leave them as they are. */
export async function restartServices(
  { workloads }: { readonly workloads: Pick<Workloads, 'restart'> },
  { owner, names }: Pick<Identity, 'owner' | 'names'>,
  services: readonly Pick<ServiceSpec, 'name' | 'uses'>[],
  signal: AbortSignal,
): Promise<void> {
  for (const { name, uses } of services) {
    // What it uses sees nothing of that.
    if (uses) continue;
    try {
      await workloads.restart(names.namespace, name, owner, signal);
    } catch (error) {
      // A chart of the repository's own may call its deployments otherwise.
      if (!isAppError(error, 'notFound')) throw error;
    }
  }
}
