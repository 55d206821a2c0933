import { AppError } from '../../../src/core/errors';
import { Emitter } from '../../../src/core/event';
import type { Owner } from '../../../src/core/model';
import type {
  Execution,
  ExecRequest,
  ForwardRequest,
  LogOptions,
  LogPiece,
  PortForward,
  Workloads,
} from '../../../src/core/ports/workloads';
import type { PodFacts } from '../../../src/core/facts';
import type { FakeCluster, FakeNamespace } from './fakeCluster';

/** What is done with the services of a cluster in memory. It runs nothing: programs end at once, with the code that `exitCodeOf` says. */
export class FakeWorkloads implements Workloads {
  /** Called with service and namespace; by default a restart changes nothing that can be seen. */
  onRestart: (namespace: string, service: string) => void = () => undefined;
  /** What becomes of a service that is let start, and of one that runs to its end. */
  podOf: (service: string) => PodFacts = unsaid;
  runOf: (service: string) => PodFacts = unsaid;
  exitCodeOf: (command: readonly string[]) => number = () => 0;
  readonly #cluster: FakeCluster;
  #runs = 0;

  constructor(cluster: FakeCluster) {
    this.#cluster = cluster;
  }

  async restart(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    verifyService(await this.#cluster.use('restart', namespace, owner, signal), service);
    this.#cluster.changes.push(`restart ${namespace}/${service}`);
    this.onRestart(namespace, service);
  }

  async release(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    const { facts } = verifyService(await this.#cluster.use('release', namespace, owner, signal), service);
    this.#cluster.changes.push(`release ${namespace}/${service}`);
    const deployments = facts.deployments.map(({ isHeld, ...one }) =>
      one.service === service
        ? { ...one, updated: one.desired, ready: one.desired }
        : { ...one, ...(isHeld ? { isHeld } : {}) },
    );
    const others = facts.pods.filter((pod) => pod.service !== service);
    this.#cluster.setFacts(namespace, { deployments, pods: [...others, this.podOf(service)] });
  }

  async runOnce(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<string> {
    const { facts } = verifyService(await this.#cluster.use('runOnce', namespace, owner, signal), service);
    this.#cluster.changes.push(`runOnce ${namespace}/${service}`);
    const run = `run-${++this.#runs}`;
    const others = facts.pods.filter((pod) => pod.service !== service);
    this.#cluster.setFacts(namespace, { pods: [...others, { ...this.runOf(service), run }] });
    return run;
  }

  async scale(namespace: string, service: string, replicas: number, owner: Owner, signal?: AbortSignal): Promise<void> {
    const found = verifyService(await this.#cluster.use('scale', namespace, owner, signal), service);
    this.#cluster.changes.push(`scale ${namespace}/${service} ${replicas}`);
    const deployments = found.facts.deployments.map(({ asleep, ...one }) =>
      one.service === service
        ? { ...one, desired: replicas, updated: replicas, ready: replicas }
        : { ...one, ...(asleep === undefined ? {} : { asleep }) },
    );
    const others = found.facts.pods.filter((pod) => pod.service !== service);
    const own = Array.from({ length: replicas }, (_, index) => ({
      ...this.podOf(service),
      name: `${service}-${index + 1}`,
    }));
    this.#cluster.setFacts(namespace, { deployments, pods: [...others, ...own] });
  }

  async sleep(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    const { facts } = verifyService(await this.#cluster.use('sleep', namespace, owner, signal), service);
    this.#cluster.changes.push(`sleep ${namespace}/${service}`);
    const deployments = facts.deployments.map((one) =>
      one.service === service && !one.once && one.desired > 0
        ? { ...one, asleep: one.desired, desired: 0, updated: 0, ready: 0 }
        : one,
    );
    const isOnce = facts.deployments.some((one) => one.service === service && one.once);
    const pods = isOnce ? facts.pods : facts.pods.filter((pod) => pod.service !== service);
    this.#cluster.setFacts(namespace, { deployments, pods });
  }

  async wake(namespace: string, service: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    const { facts } = verifyService(await this.#cluster.use('wake', namespace, owner, signal), service);
    this.#cluster.changes.push(`wake ${namespace}/${service}`);
    const slept = facts.deployments.find((one) => one.service === service)?.asleep;
    if (slept === undefined) return;
    const deployments = facts.deployments.map(({ asleep, ...one }) =>
      one.service === service
        ? { ...one, desired: slept, ...(one.isHeld ? {} : { updated: slept, ready: slept }) }
        : { ...one, ...(asleep === undefined ? {} : { asleep }) },
    );
    const isHeld = facts.deployments.some((one) => one.service === service && one.isHeld);
    const own = Array.from({ length: isHeld ? 0 : slept }, (_, index) => ({
      ...this.podOf(service),
      name: `${service}-${index + 1}`,
    }));
    this.#cluster.setFacts(namespace, { deployments, pods: [...facts.pods, ...own] });
  }

  async *logs(
    namespace: string,
    service: string,
    options: LogOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<string, void> {
    // A namespace that is not there has no lines, which is no failure.
    await this.#cluster.use('logs', namespace, undefined, signal).catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === 'notFound')) throw error;
    });
    const lines = (): readonly string[] => this.#cluster.linesOf(namespace, service) ?? [];
    let next = options.tail === undefined ? 0 : Math.max(0, lines().length - options.tail);
    for (;;) {
      for (; next < lines().length; next++)
        yield `${options.timestamps ? '2026-01-01T00:00:00.000000000Z ' : ''}${lines()[next] ?? ''}`;
      if (!options.follow || this.#cluster.linesOf(namespace, service) === undefined) return;
      await new Promise<void>((resolve) => {
        const subscription = this.#cluster.onDidChange(() => done());
        const done = (): void => {
          subscription.dispose();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        signal?.addEventListener('abort', done);
      });
      signal?.throwIfAborted();
    }
  }

  async *runs(namespace: string, service: string, tail: number, signal?: AbortSignal): AsyncGenerator<LogPiece, void> {
    const pod = `${service}-1`;
    yield { pod, restarts: 0, startedAt: undefined, before: undefined };
    for await (const line of this.logs(namespace, service, { follow: true, tail, timestamps: true }, signal))
      yield { pod, line };
  }

  async describe(namespace: string, service: string, signal?: AbortSignal): Promise<string> {
    verifyService(await this.#cluster.use('describe', namespace, undefined, signal), service);
    return `Deployment ${service}\n`;
  }

  async ports(namespace: string, service: string, signal?: AbortSignal): Promise<readonly number[]> {
    verifyService(await this.#cluster.use('ports', namespace, undefined, signal), service);
    return [3000];
  }

  async exec(
    namespace: string,
    service: string,
    { command }: ExecRequest,
    owner: Owner,
    signal?: AbortSignal,
  ): Promise<Execution> {
    const { facts } = verifyService(await this.#cluster.use('exec', namespace, owner, signal), service);
    const pod = facts.pods.find((one) => one.service === service)?.name;
    if (pod === undefined) throw new AppError('notFound', `No pod of "${service}" runs.`);
    return {
      pod,
      exited: Promise.resolve(this.exitCodeOf(command)),
      write: async () => undefined,
      endInput: () => undefined,
      resize: () => undefined,
      dispose: () => undefined,
    };
  }

  async forward(
    namespace: string,
    service: string,
    { port, localPort }: ForwardRequest,
    owner: Owner,
    signal?: AbortSignal,
  ): Promise<PortForward> {
    verifyService(await this.#cluster.use('forward', namespace, owner, signal), service);
    const failures = new Emitter<string>();
    return {
      namespace,
      service,
      port: port ?? 3000,
      localPort: localPort ?? 50_000,
      onDidFail: failures.event,
      dispose: () => failures.dispose(),
    };
  }
}

function unsaid(service: string): never {
  throw new Error(`Nothing says what becomes of ${service}.`);
}

function verifyService(found: FakeNamespace, service: string): FakeNamespace {
  if (found.facts.deployments.some((deployment) => deployment.service === service)) return found;
  throw new AppError('notFound', `There is no service "${service}" in namespace "${found.record.name}".`);
}
