import { setTimeout as delay } from 'node:timers/promises';
import type { KubeConnection } from './kubeConnection';

const repositoryLabel = 'coppice.dev/repository';

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status: { readonly phase?: string };
}

/**
 * Says of every pod of environments that it runs and is ready, as a kubelet does, and runs nothing: for what is measured of the API, the
 * controllers and the product where pods would only take room.
 */
export class HollowNode {
  readonly #over = new AbortController();
  readonly #work: Promise<void>;

  constructor(private readonly api: KubeConnection) {
    this.#work = this.#run();
  }

  async end(): Promise<void> {
    this.#over.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    const pending = `/api/v1/pods?labelSelector=${repositoryLabel}&fieldSelector=status.phase=Pending`;
    while (!signal.aborted) {
      const { json } = await this.api.call('GET', pending);
      const waiting = (json?.items ?? []) as readonly Pod[];
      await Promise.all(waiting.map((pod) => this.#start(pod)));
      await delay(200, undefined, { signal }).catch(() => undefined);
    }
  }

  async #start({ metadata, spec }: Pod): Promise<void> {
    if (metadata.deletionTimestamp !== undefined) return;
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      ...{ type, status: 'True', lastTransitionTime: now },
    }));
    const containerStatuses = spec.containers.map(({ name, image }) => ({
      ...{ name, image, imageID: '', ready: true, started: true, restartCount: 0 },
      state: { running: { startedAt: now } },
    }));
    const body = { status: { phase: 'Running', startTime: now, conditions, containerStatuses } };
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`;
    await this.api.call('PATCH', path, { body, type: 'application/strategic-merge-patch+json' });
  }
}
