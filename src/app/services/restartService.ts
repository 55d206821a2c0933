import type { ServiceStatus } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Settings } from '../../core/settings';
import { waitReady } from './waitReady';
import type { UseCase } from '../run/run';
import { serviceAt, type ServiceAt, type WorkloadPorts } from './serviceAt';

export interface RestartPorts extends WorkloadPorts {
  readonly cluster: Cluster;
  readonly settings: () => Pick<Settings, 'create.readyTimeout' | 'create.steadyTime'>;
}

export interface Restarted {
  /** Whether the new pods got ready; true as well where it is to have none. */
  readonly ready: boolean;
  readonly status: ServiceStatus;
}

/**
 * New pods for a service of the environment that a worktree owns. Resolves once they are ready or cannot become so, at the
 * latest after the time that a create waits. @throws notFound, conflict
 */
export function restartService(ports: RestartPorts): UseCase<ServiceAt, Restarted> {
  return async (at, { signal }) => {
    const { namespace, service, owner } = await serviceAt(ports, at, signal);
    const [port] = await ports.workloads.ports(namespace, service, signal);
    await ports.workloads.restart(namespace, service, owner, signal);
    const settings = ports.settings();
    const options = {
      timeoutMs: settings['create.readyTimeout'] * 1000,
      steadyMs: settings['create.steadyTime'] * 1000,
    };
    const where = { repositoryId: owner.repositoryId, namespace };
    const { ready, services } = await waitReady(ports.cluster, where, [{ name: service, port }], options, signal);
    return { ready, status: statusOf(services, service) };
  };
}

function statusOf(services: readonly ServiceStatus[], name: string): ServiceStatus {
  const found = services.find((one) => one.name === name);
  if (!found) throw new Error(`what was waited for is not among the services: ${name}`);
  return found;
}
