import type { UseCase } from '../run';
import { serviceAt, type ServiceAt, type WorkloadPorts } from './serviceAt';

/** New pods for a service of the environment that a worktree owns. @throws notFound, conflict */
export function restartService(ports: WorkloadPorts): UseCase<ServiceAt, void> {
  return async (at, { signal }) => {
    const { namespace, service, owner } = await serviceAt(ports, at, signal);
    await ports.workloads.restart(namespace, service, owner, signal);
  };
}
