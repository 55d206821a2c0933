import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { KubeConnection } from '../connection/kubeConnection';
import { statusOf } from '../connection/mapError';
import { readLines } from '../connection/readLines';

export interface PodLogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  /** Only the last so many lines. */
  readonly tail: number | undefined;
  /** ISO 8601: only what was printed since. */
  readonly since: string | undefined;
  /** Each line begins with its time. */
  readonly timestamps: boolean;
}

/** Lines of one container, in batches. Nothing when it has not printed anything yet or is gone. @throws AppError */
export async function* readPodLog(
  connection: KubeConnection,
  request: PodLogRequest,
  signal: AbortSignal,
): AsyncGenerator<string[], void> {
  const { namespace, pod, container, follow, previous, tail, since, timestamps } = request;
  try {
    const stream = await connection.stream(
      {
        method: 'GET',
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
        query: {
          container,
          follow: follow ? 'true' : undefined,
          previous: previous ? 'true' : undefined,
          tailLines: tail === undefined ? undefined : String(tail),
          sinceTime: since,
          timestamps: timestamps ? 'true' : undefined,
        },
        verb: 'read',
        resource: `the log of pod ${JSON.stringify(pod)}`,
      },
      signal,
    );
    yield* readLines(stream);
  } catch (error) {
    // 400: the container waits to start, or has no earlier run. 404: the pod went meanwhile.
    const status = statusOf(error);
    if (status !== 400 && status !== 404) throw error;
  }
}

/** The container whose output is the service's: named like it, else the first. */
export function mainContainer(pod: V1Pod, service: string): string {
  const names = (pod.spec?.containers ?? []).map((container) => container.name);
  return names.includes(service) ? service : (names[0] ?? service);
}

/** Names the run of a container whose output the API would give; undefined while there was none. */
export function currentRun(pod: V1Pod, container: string): string | undefined {
  const status: V1ContainerStatus | undefined = pod.status?.containerStatuses?.find((one) => one.name === container);
  const { state, lastState } = status ?? {};
  const run = state?.running
    ? status?.containerID
    : (state?.terminated?.containerID ?? lastState?.terminated?.containerID);
  const hasRun = state?.running ?? state?.terminated ?? lastState?.terminated;
  return run ?? (hasRun ? `run ${status?.restartCount ?? 0}` : undefined);
}
