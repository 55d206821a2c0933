import { isPortFree } from '@coppice/host/isPortFree';
import type { FreePorts } from './freePort';

/**
 * Which port of this machine stands for which container port of a pod. A pod here has no network of its own: where its container
 * takes its port from PORT it is given a free one, otherwise it listens on the container port itself.
 */
export class PodPorts {
  private readonly pods = new Map<string, Map<number, number>>();
  /** Ports that were found in place of those that containers were given. */
  private readonly found = new Map<string, Map<number, number>>();

  constructor(private readonly free: FreePorts) {}

  /** Chooses the ports of a container that is about to start. A port that it had is kept unless another program took it. */
  async prepare(podUid: string, containerPorts: readonly number[]): Promise<void> {
    this.found.delete(podUid);
    for (const containerPort of containerPorts) {
      const had = this.pods.get(podUid)?.get(containerPort);
      if (had !== undefined && (await isPortFree(had))) continue;
      const port = await this.free.take();
      if (had !== undefined) this.free.release(had);
      const ports = this.pods.get(podUid) ?? new Map<number, number>();
      ports.set(containerPort, port);
      this.pods.set(podUid, ports);
    }
  }

  /** Where the pod listens on this machine. */
  real(podUid: string, containerPort: number): number {
    return this.found.get(podUid)?.get(containerPort) ?? this.given(podUid, containerPort);
  }

  /** Where it is to listen. */
  given(podUid: string, containerPort: number): number {
    return this.pods.get(podUid)?.get(containerPort) ?? containerPort;
  }

  /** @param port where it listens in truth; undefined: where it is to */
  listensAt(podUid: string, containerPort: number, port: number | undefined): void {
    const ports = this.found.get(podUid) ?? new Map<number, number>();
    if (port === undefined) ports.delete(containerPort);
    else ports.set(containerPort, port);
    this.found.set(podUid, ports);
  }

  forget(podUid: string): void {
    for (const port of this.pods.get(podUid)?.values() ?? []) this.free.release(port);
    this.pods.delete(podUid);
    this.found.delete(podUid);
  }
}
