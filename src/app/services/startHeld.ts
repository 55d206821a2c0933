import type { ServiceSpec } from '../../core/environmentFile';
import type { Identity } from '../../core/model';
import type { Workloads } from '../../core/ports/workloads';

/** Lets all services start that wait for no other. */
export async function startHeld(
  { workloads }: { readonly workloads: Pick<Workloads, 'release'> },
  { owner, names }: Pick<Identity, 'owner' | 'names'>,
  services: readonly Pick<ServiceSpec, 'name' | 'once' | 'dependsOn'>[],
  signal: AbortSignal,
): Promise<void> {
  const free = services.filter(({ once, dependsOn }) => !once && Object.keys(dependsOn).length === 0);
  await Promise.all(free.map(({ name }) => workloads.release(names.namespace, name, owner, signal)));
}
