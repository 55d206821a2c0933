import type { V1Pod } from '@ngrok/webernetes';
import type { ObjectStore } from '../api/objectStore';
import type { PodPorts } from '../network/podPorts';
import { containerEnvironment, ContainerConfigProblem } from './containerEnvironment';
import { isControlPlane, type Context, type Kubelet, type V1Container } from './engine';
import { runProbe, type Probe, type ProbeTarget } from './probe';
import { probeUntilListening } from './probeUntilListening';
import { RecentMap } from './recentMap';
import { RecentSet } from './recentSet';

export interface KubeletParts {
  objects: ObjectStore;
  ports: PodPorts;
  /** The variables that tell a pod of the namespace where its services are. */
  serviceVariables(namespace: string): Promise<ReadonlyMap<string, string>>;
  /** Why nothing listens on a port of this machine that stands for one of a container; undefined: nothing is known of it. */
  silence(pod: V1Pod, container: V1Container, port: number): Promise<string | undefined>;
  /** Who answers at that port instead of the container; undefined: it may be the container. */
  stranger(pod: V1Pod, container: V1Container, port: number): Promise<string | undefined>;
}

/** How often the kubelet compares all pods with the runtime. It is told of every change, so this only heals what was missed. */
const RELIST_MS = 10_000;
const RELIST_THRESHOLD_MS = 3 * 60 * 1000;

type ProbeType = 'readiness' | 'liveness' | 'startup';
type ContainerId = { toString(): string };
type AskProbe = (
  ctx: Context,
  type: ProbeType,
  pod: V1Pod,
  status: NonNullable<V1Pod['status']>,
  container: V1Container,
  id: ContainerId,
) => Promise<['success' | 'failure', Error | undefined]>;

/** Gives webernetes' kubelet what it lacks or simulates: environments, real probes, and statuses as a real Kubernetes shows them. */
export function adaptKubelet(kubelet: Kubelet, parts: KubeletParts): void {
  lookWhenAsked(kubelet);
  kubelet.containerRuntime.type = () => 'process';
  provideEnvironments(kubelet, parts);
  showStatusesAsKubernetes(kubelet);
  askRealProbes(kubelet, parts);
  probeWhatHasStarted(kubelet);
}

/** Every step of a pod's life waits for a look at its processes that is newer than the step before: we look then, and rarely else. */
function lookWhenAsked(kubelet: Kubelet): void {
  kubelet.pleg.update({ relistPeriodMs: RELIST_MS, relistThresholdMs: RELIST_THRESHOLD_MS });
  // A look is at all pods. Who asks while there is one needs a newer one: of all who ask meanwhile the same.
  let isLooking = false;
  let isAskedAgain = false;
  const look = async (): Promise<void> => {
    isAskedAgain = true;
    if (isLooking) return;
    isLooking = true;
    try {
      while (isAskedAgain) {
        isAskedAgain = false;
        await kubelet.pleg.relist();
      }
    } finally {
      isLooking = false;
    }
  };
  const wait = kubelet.podCache.getNewerThan.bind(kubelet.podCache);
  kubelet.podCache.getNewerThan = (ctx, id, minTime) => {
    const answer = wait(ctx, id, minTime);
    void look();
    return answer;
  };
}

function provideEnvironments(kubelet: Kubelet, parts: KubeletParts): void {
  const simulated = kubelet.makeEnvironmentVariables.bind(kubelet);
  kubelet.makeEnvironmentVariables = async (ctx, pod, container, podIp, podIps) => {
    const namespace = pod.metadata?.namespace ?? 'default';
    const uid = pod.metadata?.uid ?? '';
    if (isControlPlane(namespace, container.image)) return simulated(ctx, pod, container, podIp, podIps);
    const [init] = pod.spec?.initContainers ?? [];
    if (init) {
      const message =
        `init container "${init.name}" cannot run here: the embedded cluster starts a pod's own containers only. ` +
        `Let the command of container "${container.name}" do its work, or use a cluster that runs images`;
      return [[], new ContainerConfigProblem(message)];
    }
    if ((container.command ?? []).length === 0) {
      const message =
        `image "${container.image ?? ''}" cannot run here: the embedded cluster runs commands, not images. ` +
        `Give container "${container.name}" a command, or use a cluster that runs images`;
      return [[], new ContainerConfigProblem(message)];
    }
    try {
      await parts.ports.prepare(uid, portsFromEnvironment(container));
      const environment = containerEnvironment(pod, container, {
        find: (kind, name) => parts.objects.get(kind, namespace, name),
        services: pod.spec?.enableServiceLinks === false ? new Map() : await parts.serviceVariables(namespace),
        realPort: (port) => parts.ports.real(uid, port),
      });
      return [[...environment].map(([name, value]) => ({ name, value })), undefined];
    } catch (error) {
      return [[], error instanceof Error ? error : new Error(String(error))];
    }
  };
}

/** The container ports that the process learns from PORT: those alone can be moved to a free port. */
function portsFromEnvironment(container: V1Container): number[] {
  const values = (container.env ?? []).filter(({ name }) => name === 'PORT').map(({ value }) => value);
  return (container.ports ?? []).map((port) => port.containerPort).filter((port) => values.includes(String(port)));
}

function showStatusesAsKubernetes(kubelet: Kubelet): void {
  const generate = kubelet.generateAPIPodStatus.bind(kubelet);
  kubelet.generateAPIPodStatus = async (ctx, pod, podStatus, terminal) => {
    const status = await generate(ctx, pod, podStatus, terminal);
    for (const { state } of status.containerStatuses ?? []) {
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

/** "back-off 80000ms restarting …" becomes "back-off 1m20s restarting …". */
export function withGoDuration(message: string): string {
  return message.replace(/^back-off (\d+)ms /, (_, text: string) => {
    const seconds = Math.round(Number(text) / 1000);
    return `back-off ${seconds >= 60 ? `${Math.floor(seconds / 60)}m` : ''}${seconds % 60}s `;
  });
}

function askRealProbes(kubelet: Kubelet, parts: KubeletParts): void {
  const { probeManager } = kubelet;
  if (!hasProber(probeManager)) throw new Error('the engine has no prober');
  // Otherwise the first probes of a cluster that has just started wait a random part of their period.
  probeManager.startedAt.setTime(0);
  const listening = new RecentSet();
  const askedSince = new RecentMap<number>();
  probeManager.prober.probe = async (ctx, type, pod, _, container, id) => {
    const probe = probeOf(container, type);
    if (!probe) return ['success', undefined];
    const target: ProbeTarget = {
      container,
      realPort: (port) => parts.ports.real(pod.metadata?.uid ?? '', port),
      exec: async (command, timeoutSeconds) => {
        const answer = await kubelet.runtimeService?.execSync(ctx, id.toString(), [...command], timeoutSeconds);
        const [response, error] = answer ?? [undefined, new Error('the node has no runtime')];
        if (error || !response) throw error ?? new Error('no answer');
        return { exitCode: response.exitCode, output: response.stdout + response.stderr };
      },
    };
    const isRunning = async (): Promise<boolean> => {
      const [response] = (await kubelet.runtimeService?.containerStatus(ctx, id.toString())) ?? [undefined];
      return response?.status?.state === 'Running';
    };
    const run = id.toString();
    const mayStart = type !== 'liveness' && !listening.has(run);
    const since = askedSince.get(`${run} ${type}`) ?? performance.now();
    if (mayStart) askedSince.set(`${run} ${type}`, since);
    const outcome = mayStart
      ? await probeUntilListening(probe, target, isRunning, since)
      : await runProbe(probe, target);
    const { refusedPort, answeredPort } = outcome;
    // Who fails to answer for its life is ended, and somebody else's answer is no reason for that.
    const isAsked = answeredPort !== undefined && type !== 'liveness';
    const stranger = isAsked ? await parts.stranger(pod, container, answeredPort) : undefined;
    if (refusedPort === undefined && stranger === undefined) listening.add(run);
    if (outcome.healthy && stranger === undefined) return ['success', undefined];
    const silence = refusedPort === undefined ? undefined : await parts.silence(pod, container, refusedPort);
    const title = `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`;
    const reference = {
      apiVersion: 'v1',
      kind: 'Pod',
      name: pod.metadata?.name ?? '',
      namespace: pod.metadata?.namespace ?? 'default',
      uid: pod.metadata?.uid ?? '',
      fieldPath: `spec.containers{${container.name}}`,
    };
    await kubelet.recorder.event(
      reference,
      'Warning',
      'Unhealthy',
      `${title} probe failed: ${stranger ?? silence ?? outcome.message}`,
    );
    return ['failure', undefined];
  };
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

function probeOf(container: V1Container, type: ProbeType): Probe | undefined {
  if (type === 'readiness') return container.readinessProbe;
  return type === 'liveness' ? container.livenessProbe : container.startupProbe;
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
