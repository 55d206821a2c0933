import { containerShell } from '../../core/containerShell';
import type { Execution, ExecRequest } from '../../core/ports/workloads';
import type { UseCase } from '../run/run';
import { serviceAt, type ServiceAt, type WorkloadPorts } from './serviceAt';

export interface ExecPorts extends WorkloadPorts {
  /** Whether this machine runs Windows. */
  readonly isWindows: boolean;
}

/**
 * Runs a program in a pod of a service of a worktree's environment; without a command a shell. The signal ends it, also once
 * it runs. @throws notFound, conflict
 */
export function execInService(ports: ExecPorts): UseCase<ServiceAt & ExecRequest, Execution> {
  return async ({ folder, path, service, ...request }, { signal }) => {
    const { namespace, owner } = await serviceAt(ports, { folder, path, service }, signal);
    const isShell = request.command.length === 0;
    const command = isShell ? containerShell(ports.cluster.identity.kind, ports.isWindows) : request.command;
    return ports.workloads.exec(namespace, service, { ...request, command }, owner, signal);
  };
}
