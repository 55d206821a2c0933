import { asleepAnnotation } from '@coppice/cluster/contract';
import type { V1Deployment } from '@kubernetes/client-node';
import { AppError } from '../../../core/errors';
import type { Owner } from '../../../core/model';
import type {
  Execution,
  ExecRequest,
  ForwardRequest,
  LogOptions,
  LogPiece,
  PortForward,
  Workloads,
} from '../../../core/ports/workloads';
import type { KubeConnection } from '../connection/kubeConnection';
import { LocalForward } from './localForward';
import { execInPod } from './podExecution';
import { mainContainer } from './podLog';
import { isOnce, runOnce } from './runOnce';
import { deploymentsOf, patchDeployments } from './serviceDeployments';
import { readServiceDescription } from './serviceDescription';
import { podPortProblem, type PodPort } from './podPort';
import { serviceLogs, serviceRuns } from './serviceLogs';
import { putToSleep, takeBackWait, wakeUp } from './sleepingService';
import { livingPods } from './servicePods';
import { singleAnnotation } from '../objects/labels';
import { verifyNamespace } from '../objects/verifyNamespace';
import { defaultWatchTiming, type WatchTiming } from '../watch/watchTiming';

/** How long a cluster may take to refuse a connection to a port. A port where somebody listens is only told by silence. */
const refusalMs = 3000;

/**
 * The services in a cluster that is reached by a kubeconfig: the embedded one or any Kubernetes. A program in a pod and a forwarded port
 * are WebSockets over the cluster's own connection, so that its guard holds for them, too. Each message begins with the number of its
 * channel; a connection to a port has a WebSocket of its own. A forward asks for a ready pod anew for each connection, and so outlives
 * a restart.
 */
export class KubernetesWorkloads implements Workloads {
  readonly #timing: WatchTiming;

  /** @param connection the cluster's own: what it refuses is refused here */
  constructor(
    private readonly connection: KubeConnection,
    timing: Partial<WatchTiming> = {},
  ) {
    this.#timing = { ...defaultWatchTiming, ...timing };
  }

  async restart(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    await verifyNamespace(this.connection, namespace, owner, signal);
    // The annotation of kubectl rollout restart: a changed template makes new pods.
    const template = { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } } };
    const change = { verb: 'restart', spec: { template } };
    await patchDeployments(this.connection, { namespace, service, owner }, change, signal);
  }

  async release(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    await verifyNamespace(this.connection, namespace, owner, signal);
    const change = { verb: 'start', spec: { paused: false } };
    await patchDeployments(this.connection, { namespace, service, owner }, change, signal);
  }

  async runOnce(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<string> {
    await verifyNamespace(this.connection, namespace, owner, signal);
    return runOnce(this.connection, { namespace, service, owner }, signal);
  }

  async scale(namespace: string, service: string, replicas: number, owner: Owner, signal?: AbortSignal): Promise<void> {
    if (!Number.isInteger(replicas) || replicas < 0)
      throw new AppError('invalidInput', `A service has 0 pods or more, not ${replicas}.`);
    await verifyNamespace(this.connection, namespace, owner, signal);
    const deployments = await deploymentsOf(this.connection, namespace, service, signal);
    if (deployments.some(isOnce))
      throw new AppError('invalidInput', `The service "${service}" runs to its end once: it has no number of pods.`);
    if (replicas > 1 && deployments.some(isSingle))
      throw new AppError(
        'invalidInput',
        `The service "${service}" keeps data, into which two pods would write: it has 0 or 1.`,
      );
    // It does not sleep then: as many it is to have.
    const change = { verb: 'scale', spec: { replicas }, annotations: { [asleepAnnotation]: null } };
    await patchDeployments(this.connection, { namespace, service, owner }, change, signal);
  }

  async sleep(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    // First: what is started meanwhile is put to sleep with the others.
    await takeBackWait(this.connection, await verifyNamespace(this.connection, namespace, owner, signal), signal);
    await putToSleep(this.connection, { namespace, service, owner }, signal);
  }

  async wake(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    await verifyNamespace(this.connection, namespace, owner, signal);
    await wakeUp(this.connection, { namespace, service, owner }, signal);
  }

  logs(namespace: string, service: string, options: LogOptions, signal?: AbortSignal): AsyncIterable<string> {
    return serviceLogs(this.connection, { namespace, service, options }, this.#timing, signal);
  }

  runs(namespace: string, service: string, tail: number, signal?: AbortSignal): AsyncIterable<LogPiece> {
    return serviceRuns(this.connection, { namespace, service, tail }, this.#timing, signal);
  }

  async describe(namespace: string, service: string, signal?: AbortSignal): Promise<string> {
    return readServiceDescription(this.connection, namespace, service, signal);
  }

  async ports(namespace: string, service: string, signal?: AbortSignal): Promise<readonly number[]> {
    const deployments = await deploymentsOf(this.connection, namespace, service, signal);
    return [...new Set(deployments.flatMap((deployment) => declaredPorts(deployment, service)))];
  }

  async exec(
    namespace: string,
    service: string,
    request: ExecRequest,
    owner: Owner,
    signal?: AbortSignal,
  ): Promise<Execution> {
    if (request.command.length === 0) throw new AppError('invalidInput', 'There is no program to run.');
    await verifyNamespace(this.connection, namespace, owner, signal);
    const [pod] = await livingPods(this.connection, namespace, service, signal);
    if (!pod) throw new AppError('notFound', `No pod of "${service}" runs in namespace "${namespace}".`);
    const container = mainContainer(pod, service);
    const place = { namespace, pod: pod.metadata?.name ?? '', container };
    return execInPod(this.connection, { ...place, exec: request }, signal);
  }

  async forward(
    namespace: string,
    service: string,
    { port, localPort = 0, keepsAlive = true }: ForwardRequest,
    owner: Owner,
    signal?: AbortSignal,
  ): Promise<PortForward> {
    await verifyNamespace(this.connection, namespace, owner, signal);
    // Asked in any case: a service that there is not is told now, not at the first connection.
    const declared = await this.ports(namespace, service, signal);
    const chosen = port ?? declared[0];
    if (chosen === undefined)
      throw new AppError('invalidInput', `The service "${service}" names no port: say which one to forward.`);
    if (!declared.includes(chosen)) await this.#refuseDeaf({ namespace, service, port: chosen }, declared, signal);
    return LocalForward.listen(this.connection, { namespace, service, port: chosen, localPort, keepsAlive });
  }

  /** A port that the service does not name may be one at which it listens all the same, as a debugger does. */
  async #refuseDeaf(at: PodPort, declared: readonly number[], signal: AbortSignal | undefined): Promise<void> {
    const problem = await podPortProblem(this.connection, at, refusalMs, signal);
    if (problem === undefined) return;
    const has = declared.length === 0 ? 'it names no port' : `it has ${declared.join(', ')}`;
    throw new AppError('notFound', `Nothing of "${at.service}" listens on port ${at.port}: ${has}.`, {
      explanation: problem,
    });
  }
}

/** Those of the container that is the service's first. */

function isSingle({ metadata }: V1Deployment): boolean {
  return metadata?.annotations?.[singleAnnotation] === 'true';
}

function declaredPorts(deployment: V1Deployment, service: string): number[] {
  const containers = deployment.spec?.template.spec?.containers ?? [];
  const sorted = [...containers].sort((a, b) => Number(b.name === service) - Number(a.name === service));
  return sorted.flatMap(({ ports }) => (ports ?? []).map(({ containerPort }) => containerPort));
}
