import type { V1Pod } from '@ngrok/webernetes';
import { engineTime } from './engineTime';
import type { Context, Kubelet, V1Container } from './engineTypes';
import { lookWhenAsked } from './lookWhenAsked';

export type ProbeType = 'readiness' | 'liveness' | 'startup';
type ContainerId = { toString(): string };
export type AskProbe = (
  ctx: Context,
  type: ProbeType,
  pod: V1Pod,
  status: NonNullable<V1Pod['status']>,
  container: V1Container,
  id: ContainerId,
) => Promise<['success' | 'failure', Error | undefined]>;

type MakeEnvironment = Kubelet['makeEnvironmentVariables'];

/** What the kubelet asks of those who know the processes, instead of simulating it. */
export interface KubeletAnswers {
  /** @param simulated what the engine would say */
  environment(simulated: MakeEnvironment): MakeEnvironment;
  readonly probe: AskProbe;
}

/**
 * Gives webernetes' kubelet what it lacks or simulates: environments, real probes, and statuses as a real Kubernetes shows them. Call
 * before its node boots.
 */
export function patchKubelet(kubelet: Kubelet, answers: KubeletAnswers): void {
  lookWhenAsked(kubelet);
  pullWithoutLimit(kubelet);
  kubelet.containerRuntime.type = () => 'process';
  kubelet.makeEnvironmentVariables = answers.environment(kubelet.makeEnvironmentVariables.bind(kubelet));
  showStatusesAsKubernetes(kubelet);
  replaceProber(kubelet, answers.probe);
  probeWhatHasStarted(kubelet);
}

/**
 * Kubernetes asks a registry for five images a second after the first ten (registryPullQPS and registryBurst of kubelet.config.k8s.io/v1beta1),
 * and lets the others back off for ten seconds. Nothing is pulled here: the eleventh service of a start would wait for nothing.
 */
function pullWithoutLimit({ containerRuntime }: Kubelet): void {
  if (!hasLimitedPuller(containerRuntime)) throw new Error('the engine does not limit its pulls');
  containerRuntime.imagePuller.imageService.limiter.tryAccept = () => true;
}

interface LimitedPuller {
  imagePuller: { imageService: { limiter: { tryAccept(): boolean } } };
}

/** webernetes keeps these to itself. */
function hasLimitedPuller(runtime: object): runtime is LimitedPuller {
  const limiter = (runtime as { imagePuller?: { imageService?: { limiter?: { tryAccept?: unknown } } } }).imagePuller
    ?.imageService?.limiter;
  return typeof limiter?.tryAccept === 'function';
}

function showStatusesAsKubernetes(kubelet: Kubelet): void {
  const generate = kubelet.generateAPIPodStatus.bind(kubelet);
  kubelet.generateAPIPodStatus = async (ctx, pod, podStatus, terminal) => {
    const status = await generate(ctx, pod, podStatus, terminal);
    for (const { state, lastState } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
      for (const time of [state?.running, state?.terminated, lastState?.terminated]) if (time) showTimes(time);
      const message = state?.waiting?.message;
      if (state?.waiting && message !== undefined) state.waiting.message = withGoDuration(message);
    }
    return status;
  };
  const sync = kubelet.syncPod.bind(kubelet);
  kubelet.syncPod = async (ctx, type, pod, mirrorPod, podStatus) => {
    const result = await sync(ctx, type, pod, mirrorPod, podStatus);
    // Why a container waits is known only now, and the next look comes when the waiting is over.
    const [, , error] = result;
    if (error && pod) {
      await kubelet.statusManager.setPodStatus(pod, await kubelet.generateAPIPodStatus(ctx, pod, podStatus, false));
    }
    return result;
  };
}

/** Of a pod that was restored they are told as the API has them. */
interface Times {
  startedAt?: Date | string;
  finishedAt?: Date | string;
}

/** Whoever reads them has the machine's clock. */
function showTimes(times: Times): void {
  for (const field of ['startedAt', 'finishedAt'] as const) {
    const time = times[field];
    if (time instanceof Date) times[field] = new Date(engineTime.toMachine(time.getTime()));
  }
}

/** "back-off 80000ms restarting …" becomes "back-off 1m20s restarting …". */
export function withGoDuration(message: string): string {
  return message.replace(/^back-off (\d+)ms /, (_, text: string) => {
    const seconds = Math.round(Number(text) / 1000);
    return `back-off ${seconds >= 60 ? `${Math.floor(seconds / 60)}m` : ''}${seconds % 60}s `;
  });
}

function replaceProber({ probeManager }: Kubelet, probe: AskProbe): void {
  if (!hasProber(probeManager)) throw new Error('the engine has no prober');
  // Otherwise the first probes of a cluster that has just started wait a random part of their period.
  probeManager.startedAt.setTime(0);
  probeManager.prober.probe = probe;
}

/**
 * Kubernetes asks a container that has started at once, not after the probe's period. The engine does so too, but a moment before
 * its prober can see that the container runs: asked again when it can.
 */
function probeWhatHasStarted(kubelet: Kubelet): void {
  const { probeManager, statusManager } = kubelet;
  if (!hasProber(probeManager)) throw new Error('the engine has no prober');
  const set = statusManager.setPodStatus.bind(statusManager);
  statusManager.setPodStatus = async (pod, status) => {
    const result = await set(pod, status);
    for (const { name, ready, state } of status.containerStatuses ?? []) {
      if (!state?.running || ready) continue;
      for (const type of ['startup', 'readiness'] as const)
        probeManager.getWorker(pod.metadata?.uid ?? '', name, type)?.triggerManualRun();
    }
    return result;
  };
}

interface RealProbeManager {
  prober: { probe: AskProbe };
  startedAt: Date;
  getWorker(podUid: string, container: string, type: ProbeType): { triggerManualRun(): void } | undefined;
}

/** webernetes gives its probe manager a narrower type than the object has. */
function hasProber(value: object): value is RealProbeManager {
  return (
    'prober' in value &&
    typeof value.prober === 'object' &&
    value.prober !== null &&
    'probe' in value.prober &&
    'getWorker' in value &&
    typeof value.getWorker === 'function' &&
    'startedAt' in value &&
    value.startedAt instanceof Date
  );
}
