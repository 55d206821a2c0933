import type { ForwardRequest, PortForward } from '../../core/ports/workloads';
import type { UseCase } from '../run/run';
import { serviceAt, type ServiceAt } from './serviceAt';
import type { WakePorts } from './wakeEnvironment';
import { wakeIfAsleep } from './wakeIfAsleep';

/** A port of this machine that leads to a service of a worktree's environment, which is woken for it; the caller disposes it. @throws notFound, conflict, invalidInput */
export function forwardPort(ports: WakePorts): UseCase<ServiceAt & ForwardRequest, PortForward> {
  return async (at, run) => {
    const { signal } = run;
    const { namespace, service, owner } = await serviceAt(ports, at, signal);
    await wakeIfAsleep(ports, at, run);
    return ports.workloads.forward(namespace, service, at, owner, signal);
  };
}
