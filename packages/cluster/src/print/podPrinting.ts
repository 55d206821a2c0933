import { ageOf } from './age';
import { numberAt, recordAt, recordsAt, textAt, type ObjectFields, type KubeObject } from '../schema/kubeObject';

/** The Ready cell of a pod: `1/2`. */
export function podReadiness(pod: KubeObject): string {
  const total = recordsAt(pod, 'spec', 'containers').length;
  const ready = recordsAt(pod, 'status', 'containerStatuses').filter((one) => one['ready'] === true && isRunning(one));
  return `${ready.length}/${total}`;
}

/**
 * The Status cell of a pod: its phase, or what its containers say that is more precise. As printPod in
 * kubernetes/pkg/printers/internalversion/printers.go.
 */
export function podReason(pod: KubeObject): string {
  const phase = textAt(pod, 'status', 'phase') ?? 'Pending';
  const own = textAt(pod, 'status', 'reason');
  const initial = initReason(pod);
  const reason = initial ?? containersReason(pod, own ?? phase);
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  return own === 'NodeLost' ? 'Unknown' : 'Terminating';
}

/** The Restarts cell: `3 (2m ago)`. */
export function podRestarts(pod: KubeObject, now: Date): string {
  const statuses = recordsAt(pod, 'status', 'containerStatuses');
  const restarts = statuses.reduce((sum, one) => sum + (numberAt(one, 'restartCount') ?? 0), 0);
  const last = statuses
    .flatMap((one) => textAt(one, 'lastState', 'terminated', 'finishedAt') ?? [])
    .sort()
    .at(-1);
  return restarts === 0 || last === undefined ? String(restarts) : `${restarts} (${ageOf(last, now)} ago)`;
}

function isRunning(status: ObjectFields): boolean {
  return recordAt(status, 'state', 'running') !== undefined;
}

function initReason(pod: KubeObject): string | undefined {
  const total = recordsAt(pod, 'spec', 'initContainers').length;
  for (const [index, status] of recordsAt(pod, 'status', 'initContainerStatuses').entries()) {
    const ended = recordAt(status, 'state', 'terminated');
    if (ended && numberAt(ended, 'exitCode') === 0) continue;
    if (ended) return `Init:${terminatedText(ended)}`;
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${total}`;
  }
  return undefined;
}

function containersReason(pod: KubeObject, initial: string): string {
  let reason = initial;
  let running = false;
  for (const status of recordsAt(pod, 'status', 'containerStatuses').reverse()) {
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    const ended = recordAt(status, 'state', 'terminated');
    if (waiting) reason = waiting;
    else if (ended) reason = terminatedText(ended);
    else if (status['ready'] === true && isRunning(status)) running = true;
  }
  if (reason !== 'Completed' || !running) return reason;
  const ready = recordsAt(pod, 'status', 'conditions').find((one) => one['type'] === 'Ready');
  return ready?.['status'] === 'True' ? 'Running' : 'NotReady';
}

function terminatedText(ended: ObjectFields): string {
  const reason = textAt(ended, 'reason');
  if (reason) return reason;
  const signal = numberAt(ended, 'signal') ?? 0;
  return signal === 0 ? `ExitCode:${numberAt(ended, 'exitCode') ?? 0}` : `Signal:${signal}`;
}
