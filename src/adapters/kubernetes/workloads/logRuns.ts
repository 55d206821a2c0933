import type { V1ContainerStateTerminated, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { LogRun } from '../../../core/ports/workloads';

/** The run whose output the API would give now. */
export function presentRun(pod: V1Pod, container: string): LogRun {
  const status = statusOf(pod, container);
  const { state, lastState } = status ?? {};
  const running = state?.running ?? state?.terminated;
  // One that waits to be started again has nothing but its last run.
  const before = running ? lastState?.terminated : undefined;
  return {
    pod: pod.metadata?.name ?? '',
    restarts: Math.max(0, (status?.restartCount ?? 0) - (running || !lastState?.terminated ? 0 : 1)),
    startedAt: told(running?.startedAt ?? lastState?.terminated?.startedAt),
    before: before && ended(before),
  };
}

/** The run before that; undefined: there was none, or nothing of it is kept. */
export function runBefore(pod: V1Pod, container: string): LogRun | undefined {
  const status = statusOf(pod, container);
  const last = status?.lastState?.terminated;
  if (!last || !(status.state?.running ?? status.state?.terminated)) return undefined;
  return {
    pod: pod.metadata?.name ?? '',
    restarts: Math.max(0, status.restartCount - 1),
    startedAt: told(last.startedAt),
    before: undefined,
  };
}

function statusOf(pod: V1Pod, container: string): V1ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find((one) => one.name === container);
}

function ended({ exitCode, reason }: V1ContainerStateTerminated): NonNullable<LogRun['before']> {
  return { exitCode, reason };
}

/** The API sends times as text, whatever the generated types say. */
function told(time: Date | string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
