import type { V1Pod } from '@ngrok/webernetes';
import { gatewayPortReference } from '../contract';
import type { ObjectStore } from '../store/objectStore';
import type { PodPorts } from '../network/podPorts';
import { containerEnvironment, ContainerConfigProblem } from './containerEnvironment';
import { isControlPlane, type Kubelet, type V1Container } from '../engine/engineTypes';
import { patchKubelet, type AskProbe, type KubeletAnswers, type ProbeType } from '../engine/patchKubelet';
import { containerPort, runProbe, type Probe, type ProbeOutcome, type ProbeTarget } from './probe';
import { probeWhileStarting } from './probeWhileStarting';
import { RecentMap } from './recentMap';
import { RecentSet } from './recentSet';
import type { StrayPorts } from './strayPorts';

export interface KubeletParts {
  objects: ObjectStore;
  ports: PodPorts;
  /** The variables that tell a pod of the namespace where its services are. */
  serviceVariables(namespace: string): Promise<ReadonlyMap<string, string>>;
  /** Known as soon as it listens. */
  gatewayPort(): Promise<number>;
  /** Why nothing listens on a port of this machine that stands for one of a container; undefined: nothing is known of it. */
  silence(pod: V1Pod, container: V1Container, port: number): Promise<string | undefined>;
  /** Where containers listen that do not heed PORT. */
  strays: Pick<StrayPorts, 'settle' | 'find' | 'forget'>;
  /** Who answers at that port instead of the container; undefined: it may be the container. */
  stranger(pod: V1Pod, container: V1Container, port: number): Promise<string | undefined>;
}

/** Tells the kubelet of the processes that its containers are. */
export function adaptKubelet(kubelet: Kubelet, parts: KubeletParts): void {
  patchKubelet(kubelet, { environment: environments(parts), probe: realProbes(kubelet, parts) });
}

function environments(parts: KubeletParts): KubeletAnswers['environment'] {
  return (simulated) => async (ctx, pod, container, podIp, podIps) => {
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
      await parts.strays.forget(pod);
      const environment = containerEnvironment(pod, container, {
        find: (kind, name) => parts.objects.get(kind, namespace, name),
        services: pod.spec?.enableServiceLinks === false ? new Map() : await parts.serviceVariables(namespace),
        names: new Map([[gatewayPortReference.slice(2, -1), String(await parts.gatewayPort())]]),
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

function realProbes(kubelet: Kubelet, parts: KubeletParts): AskProbe {
  const listening = new RecentSet();
  const askedSince = new RecentMap<number>();
  const told = tellAnswers();
  return async (ctx, type, pod, _, container, id) => {
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
    const mayStart = type === 'startup' || (type === 'readiness' && !listening.has(run));
    const since = askedSince.get(`${run} ${type}`) ?? performance.now();
    if (mayStart) askedSince.set(`${run} ${type}`, since);
    const port = probedPort(probe, container);
    if (port !== undefined) await parts.strays.settle(pod, port);
    const isAnyAnswerEnough = type !== 'startup';
    let outcome = mayStart
      ? await probeWhileStarting(probe, target, { since, isAnyAnswerEnough, isRunning })
      : await runProbe(probe, target);
    const given = port === undefined ? undefined : parts.ports.given(pod.metadata?.uid ?? '', port);
    const silence =
      outcome.refusedPort === undefined || given === undefined ? undefined : await parts.silence(pod, container, given);
    if (outcome.refusedPort !== undefined && port !== undefined && (await parts.strays.find(pod, container, port)))
      outcome = await runProbe(probe, target);
    const { refusedPort, answeredPort } = outcome;
    // Who fails to answer for its life is ended, and somebody else's answer is no reason for that.
    const isAsked = answeredPort !== undefined && type !== 'liveness';
    const stranger = isAsked ? await parts.stranger(pod, container, answeredPort) : undefined;
    if (port !== undefined && refusedPort === undefined && stranger === undefined) listening.add(run);
    if (outcome.healthy && stranger === undefined) return ['success', undefined];
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
      `${title} probe failed: ${stranger ?? (refusedPort === undefined ? undefined : silence) ?? told(run, type, outcome)}`,
    );
    return ['failure', undefined];
  };
}

/**
 * With what it answered while it starts, which says why it does not become ready: the first time, since what happens again is counted with
 * what it is the same as, and many an answer has a time in it.
 */
function tellAnswers(): (run: string, type: ProbeType, outcome: ProbeOutcome) => string {
  const first = new RecentMap<string>();
  return (run, type, { message, answer }) => {
    if (type !== 'startup') return message;
    const key = `${run} ${message}`;
    const said = first.get(key) ?? answer;
    if (said === undefined) return message;
    first.set(key, said);
    return `${message}; it answers: ${said}`;
  };
}

/** The container port that a probe asks. */
function probedPort({ httpGet, tcpSocket }: Probe, container: V1Container): number | undefined {
  const port = (httpGet ?? tcpSocket)?.port;
  try {
    return port === undefined ? undefined : containerPort(port, container);
  } catch {
    // The probe itself says that there is no port of this name.
    return undefined;
  }
}

function probeOf(container: V1Container, type: ProbeType): Probe | undefined {
  if (type === 'readiness') return container.readinessProbe;
  return type === 'liveness' ? container.livenessProbe : container.startupProbe;
}
