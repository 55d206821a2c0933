import { Emitter, type Disposable } from '../../core/event';
import type { Snapshot } from '../../core/model';
import type { PortForward } from '../../core/ports/workloads';
import type { UiLog } from '../editor/dependencies';

/** What a row tells of a forward. */
export interface ForwardedPort {
  /** The worktree's folder. */
  readonly path: string;
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** On 127.0.0.1. */
  readonly localPort: number;
}

/** The ports that this window forwards. They end with it. */
export class ForwardedPorts implements Disposable {
  readonly #log: UiLog;
  readonly #held = new Map<number, { readonly told: ForwardedPort; readonly forward: PortForward }>();
  readonly #changes = new Emitter<void>();
  readonly onDidChange = this.#changes.event;

  constructor(log: UiLog) {
    this.#log = log;
  }

  get all(): readonly ForwardedPort[] {
    return [...this.#held.values()].map(({ told }) => told);
  }

  /** @param path the worktree's folder. Takes the forward over. */
  add(path: string, forward: PortForward): void {
    const { namespace, service, port, localPort } = forward;
    forward.onDidFail((problem) => this.#log.warn(`127.0.0.1:${localPort} to port ${port} of ${service}: ${problem}`));
    this.#held.set(localPort, { told: { path, namespace, service, port, localPort }, forward });
    this.#changes.fire();
  }

  stop(localPort: number): void {
    this.#held.get(localPort)?.forward.dispose();
    if (this.#held.delete(localPort)) this.#changes.fire();
  }

  /** What led to an environment that is gone leads nowhere any more. */
  update({ cluster, entries }: Snapshot): void {
    if (cluster.state !== 'online') return;
    const namespaces = new Set(entries.map(({ environment }) => environment?.namespace));
    for (const { namespace, localPort } of this.all) if (!namespaces.has(namespace)) this.stop(localPort);
  }

  dispose(): void {
    for (const { forward } of this.#held.values()) forward.dispose();
    this.#held.clear();
    this.#changes.dispose();
  }
}
