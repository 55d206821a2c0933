import { tellingLine } from '@coppice/host/tellingLine';
import type { EnvironmentFacts, PodFacts } from '../facts';
import type { Environment, ServiceStatus } from '../model';

/** So long a service runs on that has crashed more than once before it is believed. Milliseconds. */
const believedMs = 60_000;
/** What containerd and the kubelet say of a container whose end nobody saw: the machine was started anew, and all on it with it. */
const endedUnseen: ReadonlySet<string> = new Set(['Unknown', 'ContainerStatusUnknown']);

/**
 * A service that crashes again and again runs in between, and would be called healthy, or on its way, for those moments: whoever looks then, or waits for the end of it, would be told
 * that nothing is wrong. One crash is none of that: what it needs may have come up later than itself.
 *
 * @param now milliseconds since the epoch; the cluster's clock may differ from it
 */
export function withFlapping(
  environment: Environment,
  facts: Pick<EnvironmentFacts, 'pods'>,
  now: number,
): Environment {
  let isAny = false;
  const services = environment.services.map((service): ServiceStatus => {
    const pod =
      service.health === 'healthy' || (service.health === 'progressing' && service.state === 'Running')
        ? facts.pods.find((one) => one.service === service.name && flaps(one, now))
        : undefined;
    if (!pod) return service;
    isAny = true;
    return { ...service, health: 'degraded', state: 'Running', reason: reasonOf(pod) };
  });
  return isAny && !environment.terminating ? { ...environment, health: 'degraded', services } : environment;
}

/** When what is said of them is another thing though nothing happens, milliseconds since the epoch; undefined: nothing of them flaps. */
export function flapsUntil(environments: readonly Pick<EnvironmentFacts, 'pods'>[], now: number): number | undefined {
  const ends = environments.flatMap(({ pods }) =>
    pods.filter((pod) => flaps(pod, now)).map(({ container }) => (container?.startedAt ?? now) + believedMs),
  );
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function flaps({ isDeleting, restarts, container }: PodFacts, now: number): boolean {
  if (
    isDeleting ||
    restarts < 2 ||
    container?.state !== 'running' ||
    container.init ||
    container.startedAt === undefined
  )
    return false;
  const { exitCode = 0, reason = '' } = container.lastTermination ?? {};
  return exitCode !== 0 && !endedUnseen.has(reason) && Math.abs(now - container.startedAt) < believedMs;
}

function reasonOf({ container }: PodFacts): string {
  const { exitCode, message, reason } = container?.lastTermination ?? {};
  const said = tellingLine(message, 'last');
  const why = reason === 'OOMKilled' ? reason : `exit code ${exitCode}`;
  return `runs again after ${said === undefined ? why : `${why}: ${said}`}`;
}
