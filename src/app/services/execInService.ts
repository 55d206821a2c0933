import { containerShell } from '../../core/services/containerShell';
import { isAppError } from '../../core/errors';
import type { Execution, ExecRequest } from '../../core/ports/workloads';
import type { UseCase } from '../run/run';
import { serviceAt, type ServiceAt } from './serviceAt';
import type { WakePorts } from './wakeEnvironment';
import { wakeIfAsleep } from './wakeIfAsleep';

export interface ExecPorts extends WakePorts {
  /** Whether this machine runs Windows. */
  readonly isWindows: boolean;
}

/**
 * Runs a program in a pod of a service of a worktree's environment; without a command a shell. The signal ends it, also once
 * it runs. An environment that sleeps is woken for it. @throws notFound, conflict
 */
export function execInService(ports: ExecPorts): UseCase<ServiceAt & ExecRequest, Execution> {
  return async ({ folder, path, service, ...request }, run) => {
    const { signal } = run;
    const { namespace, owner } = await serviceAt(ports, { folder, path, service }, signal);
    const isShell = request.command.length === 0;
    const command = isShell ? containerShell(ports.cluster.identity.kind, ports.isWindows) : request.command;
    const exec = (): Promise<Execution> =>
      ports.workloads.exec(namespace, service, { ...request, command }, owner, signal);
    try {
      return await exec();
    } catch (error) {
      // Without a pod: asked only then, so that it costs nobody else a moment.
      if (!isAppError(error, 'notFound') || !(await wakeIfAsleep(ports, { folder, path }, run))) throw error;
      return exec();
    }
  };
}
