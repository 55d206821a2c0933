import type { UseCase } from '../run/run';
import { serviceAt, type ServiceAt, type WorkloadPorts } from './serviceAt';

/** The ports that a service of a worktree's environment says that it listens on. @throws notFound, conflict */
export function servicePorts(ports: WorkloadPorts): UseCase<ServiceAt, readonly number[]> {
  return async (at, { signal }) => {
    const { namespace, service } = await serviceAt(ports, at, signal);
    return ports.workloads.ports(namespace, service, signal);
  };
}
