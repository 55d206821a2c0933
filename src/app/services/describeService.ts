import type { UseCase } from '../run/run';
import { serviceAt, type ServiceAt, type WorkloadPorts } from './serviceAt';

/** What the cluster knows of a service of a worktree's environment. @throws notFound, conflict */
export function describeService(ports: WorkloadPorts): UseCase<ServiceAt, string> {
  return async (at, { signal }) => {
    const { namespace, service } = await serviceAt(ports, at, signal);
    return ports.workloads.describe(namespace, service, signal);
  };
}
