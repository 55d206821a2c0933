import type { ForwardRequest, PortForward } from '../../core/ports/workloads';
import type { UseCase } from '../run/run';
import { serviceAt, type ServiceAt, type WorkloadPorts } from './serviceAt';

/** A port of this machine that leads to a service of a worktree's environment; the caller disposes it. @throws notFound, conflict, invalidInput */
export function forwardPort(ports: WorkloadPorts): UseCase<ServiceAt & ForwardRequest, PortForward> {
  return async (at, { signal }) => {
    const { namespace, service, owner } = await serviceAt(ports, at, signal);
    return ports.workloads.forward(namespace, service, at, owner, signal);
  };
}
