import { listensAnnotation } from '@coppice/cluster/contract';
import type { V1ContainerState, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { ContainerFacts, PodFacts } from '../../../core/facts';
import { onceAnnotation, serviceLabel } from '../objects/labels';

const phases = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

export function mapPod(pod: V1Pod, lastWarning: string | undefined): PodFacts {
  const { metadata, status } = pod;
  const conditions = status?.conditions ?? [];
  const unscheduled = conditions.find((condition) => condition.type === 'PodScheduled' && condition.status === 'False');
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const container = decisiveContainer(pod);
  const listens = metadata?.annotations?.[listensAnnotation];
  return {
    name: metadata?.name ?? '',
    service: metadata?.labels?.[serviceLabel] ?? '',
    phase: phases.find((phase) => phase === status?.phase) ?? 'Unknown',
    isReady: conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    ...(isProbed(pod) ? { isProbed: true as const } : {}),
    isDeleting: metadata?.deletionTimestamp !== undefined,
    restarts: statuses.reduce((sum, one) => sum + one.restartCount, 0),
    createdAt: milliseconds(metadata?.creationTimestamp),
    container: container && mapContainer(container, pod),
    ...(metadata?.annotations?.[onceAnnotation] === 'true' ? { run: metadata.uid ?? '' } : {}),
    ...(listens === undefined ? {} : { listens }),
    ...(status?.reason ? { reason: status.reason } : {}),
    message: unscheduled?.message ?? status?.message,
    lastWarning,
  };
}

function isProbed({ spec }: V1Pod): boolean {
  return (spec?.containers ?? []).some((one) => one.readinessProbe !== undefined || one.startupProbe !== undefined);
}

/** Since when the decisive container runs, milliseconds since the epoch; 0 when it does not: what was said of an earlier run is over then. */
export function runningSince(pod: V1Pod): number {
  return milliseconds(decisiveContainer(pod)?.state?.running?.startedAt);
}

/** The API sends times as text, whatever the generated types say. 0: none. */
export function milliseconds(time: Date | string | undefined | null): number {
  const value = time === undefined || time === null ? Number.NaN : new Date(time).getTime();
  return Number.isNaN(value) ? 0 : value;
}

/**
 * The one container that tells how the pod is: an init container that is stuck, or that the others wait for, else one that is
 * not ready, else the first.
 */
function decisiveContainer(pod: V1Pod): V1ContainerStatus | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const own = containerStatuses.filter(({ state }) => state?.waiting?.reason !== 'PodInitializing');
  const stuck = initContainerStatuses.find((one) => {
    const { state } = one;
    const isWaiting = state?.waiting?.reason !== undefined && state.waiting.reason !== 'PodInitializing';
    const hasFailed = state?.terminated !== undefined && state.terminated.exitCode !== 0;
    return isWaiting || hasFailed || (own.length === 0 && state?.running !== undefined && !isSidecar(pod, one.name));
  });
  const order = (pod.spec?.containers ?? []).map((one) => one.name);
  const sorted = [...containerStatuses].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return stuck ?? sorted.find((one) => !one.ready) ?? sorted[0];
}

/** An init container that runs as long as the pod does (Kubernetes 1.28 and newer). */
function isSidecar(pod: V1Pod, name: string): boolean {
  return pod.spec?.initContainers?.find((one) => one.name === name)?.restartPolicy === 'Always';
}

function initOf(container: V1ContainerStatus, pod: V1Pod): ContainerFacts['init'] {
  const all = pod.status?.initContainerStatuses ?? [];
  if (!all.includes(container)) return undefined;
  const done = all.filter(({ state }) => state?.terminated?.exitCode === 0).length;
  return { name: container.name, done, total: all.length };
}

function mapContainer(container: V1ContainerStatus, pod: V1Pod): ContainerFacts | undefined {
  const state = mapState(container.state);
  const last = container.lastState?.terminated;
  const init = initOf(container, pod);
  const startedAt = milliseconds(container.state?.running?.startedAt);
  return {
    ...state,
    ...(startedAt > 0 ? { startedAt } : {}),
    ...(init ? { init } : {}),
    lastTermination: last && { reason: last.reason, exitCode: last.exitCode, message: last.message },
  };
}

function mapState(state: V1ContainerState | undefined): Omit<ContainerFacts, 'lastTermination'> {
  if (state?.running) return { state: 'running', reason: undefined, message: undefined, exitCode: undefined };
  if (state?.terminated) {
    const { reason, message, exitCode } = state.terminated;
    return { state: 'terminated', reason, message, exitCode };
  }
  // A state that says nothing means waiting: so the API documents it.
  return { state: 'waiting', reason: state?.waiting?.reason, message: state?.waiting?.message, exitCode: undefined };
}
