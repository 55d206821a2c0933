import { randomBytes } from 'node:crypto';
import { engineTime } from '../engine/engineTime';
import type { ContainerLog } from '../logs/containerLog';
import type { ProcessRun, RunNumbers } from '../process/processRun';
import type {
  ContainerConfig,
  ContainerFilter,
  ContainerStatus,
  ContainerSummary,
  SandboxConfig,
} from '../engine/engineTypes';

type State = 'Created' | 'Running' | 'Exited';

let lastCreated = 0;

/** One run of one container of a pod: its processes, and what the kubelet asks about it. */
export class ProcessContainer {
  readonly id = randomBytes(32).toString('hex');
  readonly createdAt: number;
  state: State = 'Created';
  startedAt: number | undefined;
  finishedAt: number | undefined;
  exitCode: number | undefined;
  reason: string | undefined;
  message: string | undefined;
  run: ProcessRun | undefined;
  log: ContainerLog | undefined;
  /** Resolves once the process has ended and its output is written. */
  ended: Promise<void> = Promise.resolve();

  constructor(
    readonly sandboxId: string,
    readonly config: ContainerConfig,
    readonly sandbox: SandboxConfig,
    readonly numbers: RunNumbers,
  ) {
    // The kubelet tells the runs of a container apart by these times.
    this.createdAt = lastCreated = Math.max(engineTime.now(), lastCreated + 1);
  }

  get podUid(): string {
    return this.sandbox.metadata.uid;
  }

  get name(): string {
    return this.config.metadata.name;
  }

  get label(): string {
    return `${this.sandbox.metadata.namespace}/${this.sandbox.metadata.name}/${this.name}`;
  }

  finish(exitCode: number, reason: string, message?: string): void {
    this.state = 'Exited';
    this.finishedAt = engineTime.now();
    this.startedAt ??= this.finishedAt;
    this.exitCode = exitCode;
    this.reason = reason;
    this.message = message;
  }

  matches(filter: ContainerFilter | undefined): boolean {
    if (!filter) return true;
    if (filter.id !== undefined && bareId(filter.id) !== this.id) return false;
    if (filter.podSandboxId !== undefined && bareId(filter.podSandboxId) !== this.sandboxId) return false;
    if (filter.state !== undefined && filter.state.state !== this.state) return false;
    const labels = this.config.labels ?? {};
    return Object.entries(filter.labelSelector ?? {}).every(([name, value]) => labels[name] === value);
  }

  summary(): ContainerSummary {
    const { image } = this.config;
    return {
      id: this.id,
      podSandboxId: this.sandboxId,
      metadata: { ...this.config.metadata },
      image: { ...image },
      imageRef: image.image,
      imageId: image.image,
      state: this.state,
      createdAt: this.createdAt,
      labels: { ...this.config.labels },
      annotations: { ...this.config.annotations },
    };
  }

  status(): ContainerStatus {
    const { image } = this.config;
    const status: ContainerStatus = {
      id: this.id,
      name: this.name,
      image: { ...image },
      imageRef: image.image,
      imageId: image.image,
      imageRuntimeHandler: '',
      hash: Number.parseInt(this.config.annotations?.['io.kubernetes.container.hash'] ?? '0', 16) || 0,
      state: this.state,
      restartCount: this.config.metadata.attempt,
      createdAt: this.createdAt,
      labels: { ...this.config.labels },
      annotations: { ...this.config.annotations },
      ready: this.state === 'Running',
    };
    if (this.startedAt !== undefined) status.startedAt = this.startedAt;
    if (this.finishedAt !== undefined) status.finishedAt = this.finishedAt;
    if (this.exitCode !== undefined) status.exitCode = this.exitCode;
    if (this.reason !== undefined) status.reason = this.reason;
    if (this.message !== undefined) status.message = this.message;
    return status;
  }
}

/** The kubelet sometimes writes an id with the runtime's name before it. */
export function bareId(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).replaceAll('"', '');
}
