import type { UseCase } from '../run/run';
import { serviceAt, type ServiceAt, type WorkloadPorts } from './serviceAt';

/** How many pods a service of a worktree's environment has, until the next update says it anew. @throws notFound, conflict, invalidInput */
export function scaleService(ports: WorkloadPorts): UseCase<ServiceAt & { readonly replicas: number }, void> {
  return async (at, { signal }) => {
    const { namespace, service, owner } = await serviceAt(ports, at, signal);
    await ports.workloads.scale(namespace, service, at.replicas, owner, signal);
  };
}
