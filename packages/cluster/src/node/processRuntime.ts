import type { LogStore } from '../logs/logStore';
import { ProcessCensus } from '../process/processCensus';
import { ProcessGroup, StartFailure } from '../process/processGroup';
import { ProcessRun } from '../process/processRun';
import { RunMarks } from '../process/runMarks';
import { collectOutput } from './collectOutput';
import { ContainerEnds } from './containerEnds';
import { ContainerPlace, type PlaceParts } from './containerPlace';
import { bareId, ProcessContainer } from './processContainer';
import { engineTime } from '../engine/engineTime';
import { isControlPlane, type Runtime } from '../engine/engineTypes';
import { PodFolders } from './podFolders';
import { settled, settlesWithin } from './settled';
import { stopSignalOf } from './stopSignal';

const DEFAULT_GRACE_SECONDS = 30;
/** How long we wait for output that a process left in its pipe, should another process still hold the pipe's other end. */
const OUTPUT_MS = 1000;
/** A kubelet looks at its containers once a second: what ends again before it looked was never running. */
const SEEN_RUNNING_AFTER_MS = 1000;

interface Parts extends PlaceParts {
  logs: LogStore;
  log(message: string): void;
  /** Whose process listens at a port, besides the pod's own; undefined: nobody's that is known. */
  holder(port: number, podUid: string): Promise<string | undefined>;
  /** A container began or ended: the kubelet looks at once instead of at its next round. */
  onChange(podUid: string): void;
}

/**
 * The container runtime of the node: it takes the place of webernetes' simulated one for every pod but webernetes' own
 * controllers. Answers are pairs of a value and an error, because that is what the kubelet asks for.
 */
export class ProcessRuntime {
  private readonly containers = new Map<string, ProcessContainer>();
  private readonly folders: PodFolders;
  private readonly place: ContainerPlace;
  private readonly marks: RunMarks;
  private readonly census = new ProcessCensus();
  private readonly ends: ContainerEnds;
  private stopping = false;

  constructor(private readonly parts: Parts) {
    this.marks = new RunMarks(parts.watch.mark);
    this.folders = new PodFolders(parts.watch.mark);
    this.place = new ContainerPlace(parts, this.folders);
    this.ends = new ContainerEnds({
      ...parts,
      folderOf: (container) => this.place.folderOf(container),
      variablesOf: (container) => this.place.variablesOf(container),
    });
  }

  /** Call before the node boots. */
  install(runtime: Runtime): void {
    const simulated = {
      createContainer: runtime.createContainer.bind(runtime),
      startContainer: runtime.startContainer.bind(runtime),
      stopContainer: runtime.stopContainer.bind(runtime),
      removeContainer: runtime.removeContainer.bind(runtime),
      listContainers: runtime.listContainers.bind(runtime),
      containerStatus: runtime.containerStatus.bind(runtime),
      execSync: runtime.execSync.bind(runtime),
      stopPodSandbox: runtime.stopPodSandbox.bind(runtime),
      removePodSandbox: runtime.removePodSandbox.bind(runtime),
    };
    runtime.createContainer = async (ctx, sandboxId, config, sandbox) => {
      if (isControlPlane(sandbox.metadata.namespace, config.image.image)) {
        return simulated.createContainer(ctx, sandboxId, config, sandbox);
      }
      const container = new ProcessContainer(bareId(sandboxId), config, sandbox, {
        own: this.marks.take(),
        guests: this.marks.take(),
      });
      this.containers.set(container.id, container);
      return [container.id, undefined];
    };
    runtime.startContainer = async (ctx, id) => {
      const container = this.containers.get(bareId(id));
      return container ? this.start(container) : simulated.startContainer(ctx, id);
    };
    runtime.stopContainer = async (ctx, id, timeout) => {
      const container = this.containers.get(bareId(id));
      if (!container) return simulated.stopContainer(ctx, id, timeout);
      await this.stop(container, timeout ?? 0);
      return undefined;
    };
    runtime.removeContainer = async (ctx, id) => {
      const container = this.containers.get(bareId(id));
      if (!container) return simulated.removeContainer(ctx, id);
      await this.remove(container);
      return undefined;
    };
    runtime.listContainers = async (ctx, filter) => {
      const [others, error] = await simulated.listContainers(ctx, filter);
      const own = [...this.containers.values()].filter((container) => container.matches(filter));
      return [[...others, ...own.map((container) => container.summary())], error];
    };
    runtime.containerStatus = async (ctx, id, verbose) => {
      const container = this.containers.get(bareId(id));
      return container ? [{ status: container.status() }, undefined] : simulated.containerStatus(ctx, id, verbose);
    };
    runtime.execSync = async (ctx, id, command, timeout) => {
      const container = this.containers.get(bareId(id));
      return container ? this.exec(container, command, timeout) : simulated.execSync(ctx, id, command, timeout);
    };
    runtime.stopPodSandbox = async (ctx, id) => {
      await Promise.all(this.ofSandbox(id).map((container) => this.stop(container, DEFAULT_GRACE_SECONDS)));
      return simulated.stopPodSandbox(ctx, id);
    };
    runtime.removePodSandbox = async (ctx, id) => {
      await Promise.all(this.ofSandbox(id).map((container) => this.remove(container)));
      return simulated.removePodSandbox(ctx, id);
    };
    // There is nothing to pull: an image's name is kept for a real cluster, what runs here is the container's command.
    runtime.pullImage = async (_ctx, image) => [image.image, undefined];
    runtime.imageStatus = async (_ctx, image) => [
      { image: { id: image.image, repoTags: [image.image], repoDigests: [], size: 0, spec: image, pinned: false } },
      undefined,
    ];
  }

  /** Removes what a cluster that was killed left in the place for temporary files. Call before the node boots. Never rejects. */
  removeLeftovers(): Promise<void> {
    return this.folders.removeLeftovers();
  }

  /** The first process of every container that runs. */
  running(): { podUid: string; container: string; pid: number; startedAt: number }[] {
    return [...this.containers.values()].flatMap(({ podUid, name: container, run, startedAt = 0 }) =>
      run?.group.alive ? [{ podUid, container, pid: run.group.pid, startedAt }] : [],
    );
  }

  /** Ends and removes what is left of a pod that was deleted: processes, logs, its temporary folder. */
  async forgetPod(pod: { namespace: string; name: string; uid: string }): Promise<void> {
    const left = [...this.containers.values()].filter(({ podUid }) => podUid === pod.uid);
    await Promise.all(left.map((container) => this.remove(container)));
    await this.parts.logs.removePod(pod);
    await this.folders.remove(pod.uid);
  }

  /** Ends every process, each within its pod's grace period, and starts none any more. Never rejects. */
  async stopAll(): Promise<void> {
    this.stopping = true;
    await Promise.all(
      [...this.containers.values()].map((container) => {
        const grace = container.sandbox.pod?.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
        return this.stop(container, grace).catch((error: unknown) => this.parts.log(String(error)));
      }),
    );
    await this.folders.removeAll();
  }

  private async start(container: ProcessContainer): Promise<Error | undefined> {
    if (this.stopping) return new Error('the cluster is stopping');
    const { logs, watch } = this.parts;
    const { namespace, name, uid } = container.sandbox.metadata;
    const log = await logs.begin({ namespace, name, uid, container: container.name });
    container.log = log;
    try {
      const [command = '', ...args] = [...(container.config.command ?? []), ...(container.config.args ?? [])];
      const { own } = container.numbers;
      const stdin = container.config.sourceContainer.stdin === true;
      const group = await ProcessGroup.start({ ...(await this.place.optionsOf(container, command, args, own)), stdin });
      watch.add(group.pid);
      container.run = new ProcessRun(group, container.numbers, this.census, (text) =>
        this.parts.log(`${container.label}: ${text}`),
      );
      container.state = 'Running';
      container.startedAt = engineTime.now();
      log.attach('stdout', group.stdout);
      log.attach('stderr', group.stderr);
      container.ended = this.awaitEnd(container, container.run);
      // A service that crashes at once must not turn green for an instant at each restart; a first start is shown at once.
      if (container.config.metadata.attempt > 0) await settlesWithin(container.ended, SEEN_RUNNING_AFTER_MS);
      this.parts.onChange(uid);
      return undefined;
    } catch (error) {
      const hint = await this.ends.hint(container, [error instanceof Error ? error.message : '']);
      const why = error instanceof StartFailure ? `failed to start container: ${error.message}` : String(error);
      const message = hint === undefined ? why : `${why} (${hint})`;
      container.finish(128, 'StartError', message);
      await log.end();
      this.parts.onChange(uid);
      return new Error(message);
    }
  }

  private async awaitEnd(container: ProcessContainer, run: ProcessRun): Promise<void> {
    const exitCode = await run.exited;
    const { group } = run;
    this.parts.watch.remove(group.pid);
    await settled([group.stdout, group.stderr], OUTPUT_MS);
    await container.log?.flush();
    const message = await this.ends.message(container, exitCode);
    container.finish(exitCode, exitCode === 0 ? 'Completed' : 'Error', message);
    await container.log?.end();
    this.parts.onChange(container.podUid);
  }

  private async stop(container: ProcessContainer, graceSeconds: number): Promise<void> {
    await container.run?.stop(stopSignalOf(container.config.sourceContainer), Math.max(0, graceSeconds) * 1000);
    await container.ended;
    if (container.state === 'Created') container.finish(137, 'Error');
  }

  private async remove(container: ProcessContainer): Promise<void> {
    await this.stop(container, 0);
    this.containers.delete(container.id);
  }

  /** The run of a pod's container that is alive now. */
  aliveRun(podUid: string, name: string): ProcessContainer | undefined {
    // Asked at every probe, of which there are a hundred a second where many services run: without a list of all that are alive.
    for (const container of this.containers.values()) {
      if (container.podUid === podUid && container.name === name && container.run?.group.alive) return container;
    }
    return undefined;
  }

  get aliveRuns(): ProcessContainer[] {
    return [...this.containers.values()].filter(({ run }) => run?.group.alive);
  }

  /**
   * Starts a program beside a container's own: in the same folder, with the same environment. It ends with the container.
   * Rejects when the container does not run, and with a `StartFailure` when there is no such program.
   */
  async startIn(
    container: ProcessContainer,
    command: readonly string[],
    options: { stdin?: boolean; env?: Readonly<Record<string, string>> } = {},
  ): Promise<ProcessGroup> {
    const { run, numbers } = container;
    if (!run?.group.alive) throw new Error(`container ${container.name} is not running`);
    const [program = '', ...args] = command;
    const own = await this.place.optionsOf(container, program, args, numbers.guests);
    const env = { ...own.env, ...options.env };
    const group = await ProcessGroup.start({ ...own, env, stdin: options.stdin ?? false });
    this.parts.watch.add(group.pid);
    void group.exited.then(() => this.parts.watch.remove(group.pid));
    void run.group.exited.then(() => group.signal('SIGKILL'));
    return group;
  }

  private async exec(
    container: ProcessContainer,
    command: readonly string[],
    timeoutSeconds: number | undefined,
  ): ReturnType<Runtime['execSync']> {
    try {
      return [await collectOutput(await this.startIn(container, command), timeoutSeconds), undefined];
    } catch (error) {
      return [undefined, error instanceof Error ? error : new Error(String(error))];
    }
  }

  private ofSandbox(id: string): ProcessContainer[] {
    return [...this.containers.values()].filter(({ sandboxId }) => sandboxId === bareId(id));
  }
}
