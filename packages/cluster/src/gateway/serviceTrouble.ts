import { numberAt, recordAt, recordsAt, textAt, type ObjectFields, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import { dependsOnAnnotation } from '../contract';
import { deploymentOf, formerPods } from './asleep';
import { isReady, selectedPods } from '../network/backends';

/** Why a service does not answer. */
export interface ServiceTrouble {
  namespace: string;
  service: string;
  /** One word, such as CrashLoopBackOff, ContainerCreating, NotReady, NoPods, NoService, NoAnswer. */
  state: string;
  reason: string;
  exitCode?: number;
  restarts?: number;
  pod?: string;
  podUid?: string;
  container?: string;
}

/** Looks at a service's pods, the newest first, and tells the first thing that is wrong. */
export function serviceTrouble(objects: ObjectStore, namespace: string, name: string): ServiceTrouble {
  const base = { namespace, service: name };
  const service = objects.get('Service', namespace, name);
  if (!service)
    return { ...base, state: 'NoService', reason: `there is no service "${name}" in namespace "${namespace}"` };
  const pods = selectedPods(objects, service).sort((a, b) =>
    (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''),
  );
  const [pod] = pods;
  const held = deploymentOf(objects, namespace, name);
  const isStopping = pod?.metadata.deletionTimestamp !== undefined;
  if ((!pod || isStopping) && held && formerPods(held) !== undefined)
    return { ...base, state: 'Asleep', reason: 'its environment is asleep, until somebody asks for a page of it' };
  if (!pod) return { ...base, ...heldBack(held) };
  const about = {
    ...base,
    pod: pod.metadata.name,
    ...(pod.metadata.uid === undefined ? {} : { podUid: pod.metadata.uid }),
  };
  if (isStopping) return { ...about, state: 'Terminating', reason: 'its pod is stopping' };
  for (const status of recordsAt(pod, 'status', 'containerStatuses')) {
    const found = containerTrouble(objects, pod, status);
    const container = textAt(status, 'name');
    if (found) return { ...about, ...found, ...(container === undefined ? {} : { container }) };
  }
  if (isReady(pod)) return { ...about, state: 'NoAnswer', reason: 'its pod is ready but nothing answers on its port' };
  return { ...about, state: textAt(pod, 'status', 'phase') ?? 'Pending', reason: 'its pod has not started yet' };
}

/** What time alone does not mend soon: the program ends by itself, or cannot be begun. */
const hopeless = new Set(['CrashLoopBackOff', 'RunContainerError', 'StartError', 'CreateContainerError', 'Completed']);

export function isHopeless({ state }: Pick<ServiceTrouble, 'state'>): boolean {
  return hopeless.has(state);
}

/** A service that is being started after a sleep has no trouble yet. */
export function withWake(trouble: ServiceTrouble, isComing: boolean, waits?: string): ServiceTrouble {
  if (!isComing || isHopeless(trouble)) return trouble;
  const { namespace, service } = trouble;
  if (waits !== undefined) return { namespace, service, state: 'Waiting', reason: `its environment ${waits}` };
  return { namespace, service, state: 'Waking', reason: 'its environment was asleep, and is being started' };
}

/** A deployment that is paused makes no pods. */
function heldBack(held: KubeObject | undefined): Pick<ServiceTrouble, 'state' | 'reason'> {
  if (recordAt(held, 'spec')?.['paused'] !== true) return { state: 'NoPods', reason: 'no pod of it runs' };
  const waits = (held?.metadata.annotations?.[dependsOnAnnotation] ?? '').split(',').filter(Boolean);
  const what = waits.map((each) => each.replace('=', ' to be ')).join(', ');
  return { state: 'Waiting', reason: what === '' ? 'it is not to be started yet' : `it waits for ${what}` };
}

type Found = Pick<ServiceTrouble, 'state' | 'reason' | 'exitCode' | 'restarts'>;

function containerTrouble(objects: ObjectStore, pod: KubeObject, status: ObjectFields): Found | undefined {
  const restarts = numberAt(status, 'restartCount') ?? 0;
  const waiting = recordAt(status, 'state', 'waiting');
  const ended = recordAt(status, 'state', 'terminated');
  const last = ended ?? recordAt(status, 'lastState', 'terminated');
  const exitCode = numberAt(last, 'exitCode');
  const exit = exitCode === undefined ? {} : { exitCode };
  if (waiting) {
    const word = textAt(waiting, 'reason') ?? 'Waiting';
    const crashed = word === 'CrashLoopBackOff' && last !== undefined;
    const startError = textAt(last, 'reason') === 'StartError' ? textAt(last, 'message') : undefined;
    const ending = startError ?? (exitCode === undefined ? undefined : endingOf(exitCode));
    const reason = crashed ? ending : textAt(waiting, 'message');
    const state = crashed && exitCode === 0 ? 'Completed' : word;
    return { state, reason: reason ?? 'its container is being started', restarts, ...exit };
  }
  if (ended) {
    return {
      state: textAt(ended, 'reason') ?? 'Terminated',
      reason: endingOf(exitCode ?? 0),
      restarts,
      ...exit,
    };
  }
  if (status['ready'] === true) return undefined;
  return {
    state: 'NotReady',
    reason: lastProbeFailure(objects, pod) ?? 'its process runs but is not ready yet',
    restarts,
  };
}

function endingOf(exitCode: number): string {
  return exitCode === 0
    ? 'its process ended by itself with exit code 0'
    : `its process ended with exit code ${exitCode}`;
}

function lastProbeFailure(objects: ObjectStore, pod: KubeObject): string | undefined {
  const events = objects
    .list('Event', pod.metadata.namespace)
    .items.filter(
      (event) => event['reason'] === 'Unhealthy' && textAt(event, 'involvedObject', 'uid') === pod.metadata.uid,
    )
    .sort((a, b) => (textAt(b, 'lastTimestamp') ?? '').localeCompare(textAt(a, 'lastTimestamp') ?? ''));
  return textAt(events[0], 'message');
}
