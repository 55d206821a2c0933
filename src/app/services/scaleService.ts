import type { ServiceStatus } from '../../core/model';
import type { UseCase } from '../run/run';
import { refuseUnmade } from './environmentAt';
import { serviceAt, type ServiceAt } from './serviceAt';
import { refuseUnkept } from './unkept';
import { waitReady } from './waitReady';
import { wakeEnvironment, type WakePorts } from './wakeEnvironment';

export interface Scaled {
  /** Whether its pods got ready; true as well where it is to have none. */
  readonly ready: boolean;
  /** The one service. */
  readonly services: readonly ServiceStatus[];
}

/**
 * How many pods a service of a worktree's environment has, until the next update says it anew. Resolves once they are ready or cannot
 * become so, at the latest after the time that a create waits. Whoever wants pods of an environment that sleeps wakes all of it.
 *
 * @throws notFound, invalidInput, conflict; also with what its end would lose, where nobody has accepted that
 */
export function scaleService(ports: WakePorts): UseCase<ServiceAt & { readonly replicas: number }, Scaled> {
  return async (at, run) => {
    const { signal } = run;
    const { cluster, workloads } = ports;
    const { namespace, service, owner, identity } = await serviceAt(ports, at, signal);
    if (at.replicas === 0) refuseUnkept(identity, service, at.accepted);
    const facts = at.replicas > 0 ? await cluster.read(owner.repositoryId, signal) : [];
    const environment = facts.find((each) => each.namespace === namespace);
    refuseUnmade(identity, environment, at.path);
    // First: started before what it needs, it would fail, or do with less.
    if (environment?.deployments.some(({ asleep }) => asleep !== undefined)) await wakeEnvironment(ports)(at, run);
    await workloads.scale(namespace, service, at.replicas, owner, signal);
    const [port] = await workloads.ports(namespace, service, signal);
    const { 'create.readyTimeout': readySeconds, 'create.steadyTime': steadySeconds } = ports.settings();
    const options = { timeoutMs: readySeconds * 1000, steadyMs: steadySeconds * 1000 };
    const where = { repositoryId: owner.repositoryId, namespace };
    const { ready, services } = await waitReady(cluster, where, [{ name: service, port }], options, signal);
    return { ready, services: services.filter(({ name }) => name === service) };
  };
}
