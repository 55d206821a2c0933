import { AppError } from '../../core/errors';
import type { EnvironmentFacts } from '../../core/facts';
import type { ServiceStatus } from '../../core/model';
import { restartOrder } from '../../core/services/restartOrder';
import { refuseUnmade } from './environmentAt';
import { putCallerVariables } from './putCallerVariables';
import { starterOf } from './starterOf';
import { refuseUnkept } from './unkept';
import { waitReady } from './waitReady';
import type { UseCase } from '../run/run';
import { serviceAt, type ServiceAt } from './serviceAt';
import { wakeEnvironment, type WakePorts } from './wakeEnvironment';

export interface Restarted {
  /** Whether the new pods got ready, and what had waited for them; true as well where it is to have none. */
  readonly ready: boolean;
  readonly status: ServiceStatus;
  /** The service, and what had waited for it. */
  readonly services: readonly ServiceStatus[];
}

/**
 * New pods for a service of the environment that a worktree owns, with the PATH and what else counts of who calls; one that runs to its end runs again. What had waited for it is
 * started then. One that sleeps is woken with its environment. Resolves once all of them are ready or cannot become so, at the latest after the time that a create waits.
 *
 * @throws notFound, conflict; also with what its end would lose, where nobody has accepted that
 */
export function restartService(ports: WakePorts): UseCase<ServiceAt, Restarted> {
  return async (at, run) => {
    const { signal } = run;
    const { namespace, service, owner, identity } = await serviceAt(ports, at, signal);
    refuseUnkept(identity, service, at.accepted);
    const { cluster, workloads } = ports;
    const portOf = async (name: string): Promise<number | undefined> =>
      (await workloads.ports(namespace, name, signal))[0];
    const port = await portOf(service);
    const read = async (): Promise<EnvironmentFacts> => {
      const found = (await cluster.read(owner.repositoryId, signal)).find((each) => each.namespace === namespace);
      if (!found) throw new AppError('notFound', `There is no namespace "${namespace}".`);
      return found;
    };
    let facts = await read();
    refuseUnmade(identity, facts, at.path);
    if (facts.deployments.some(({ asleep }) => asleep !== undefined)) {
      // What it needs may sleep though it does not itself, as one that runs to its end.
      const isBegunBy = beginsByWake(facts, service);
      const { ready, services } = await wakeEnvironment(ports)(at, run);
      if (isBegunBy) return { ready, status: statusOf(services, service), services };
      facts = await read();
    }
    const { awaited, again } = restartOrder(facts, service);
    const known = facts.deployments.filter((each) => awaited.includes(each.service));
    const others = known.filter((each) => each.service !== service);
    const services = [
      { name: service, port, dependsOn: known.find((each) => each.service === service)?.dependsOn ?? {} },
      ...(await Promise.all(
        others.map(async ({ service: name, dependsOn = {} }) => ({ name, port: await portOf(name), dependsOn })),
      )),
    ];
    await putCallerVariables(cluster, { namespace, owner }, ports.callerVariables, signal);
    if (!again.has(service)) await workloads.restart(namespace, service, owner, signal);
    const settings = ports.settings();
    const options = {
      timeoutMs: settings['create.readyTimeout'] * 1000,
      steadyMs: settings['create.steadyTime'] * 1000,
      starter: starterOf(workloads, { namespace, owner, again }, signal),
    };
    const where = { repositoryId: owner.repositoryId, namespace };
    const readiness = await waitReady(cluster, where, services, options, signal);
    return {
      ready: readiness.ready,
      status: statusOf(readiness.services, service),
      services: readiness.services.filter(({ name }) => awaited.includes(name)),
    };
  };
}

/** Whether a wake of its environment starts a service: nothing that ran before is left of it then. */
function beginsByWake({ deployments, pods }: EnvironmentFacts, service: string): boolean {
  const deployment = deployments.find((each) => each.service === service);
  const hasRun = pods.some((pod) => pod.service === service && !pod.isDeleting);
  return deployment?.asleep !== undefined || (deployment?.once === true && !hasRun);
}

function statusOf(services: readonly ServiceStatus[], name: string): ServiceStatus {
  const found = services.find((one) => one.name === name);
  if (!found) throw new Error(`what was waited for is not among the services: ${name}`);
  return found;
}
