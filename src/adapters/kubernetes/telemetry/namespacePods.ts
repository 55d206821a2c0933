import type { V1Pod } from '@kubernetes/client-node';
import type { AppError } from '../../../core/errors';
import { Emitter } from '../../../core/event';
import type { PodFacts } from '../../../core/facts';
import type { KubeConnection } from '../connection/kubeConnection';
import { serviceLabel } from '../objects/labels';
import { mapPod } from '../watch/mapPod';
import { ResourceWatch } from '../watch/resourceWatch';
import type { WatchTiming } from '../watch/watchTiming';

/** The pods of one namespace that belong to services, for as long as it is not disposed. */
export class NamespacePods {
  /** Fires when a list is there, and after each change. */
  readonly onDidChange;
  readonly #emitter: Emitter<void>;
  readonly #pods = new Map<string, PodFacts>();
  readonly #watch: ResourceWatch<V1Pod>;
  #hasListed = false;
  #failure: AppError | undefined;

  constructor(connection: KubeConnection, namespace: string, timing: WatchTiming) {
    this.#emitter = new Emitter();
    this.onDidChange = this.#emitter.event;
    const longestPause = (): number => (connection.isLocal ? timing.longestLocalPauseMs : timing.longestPauseMs);
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    const request = { path, query: { labelSelector: serviceLabel }, resource: `pods in namespace "${namespace}"` };
    this.#watch = new ResourceWatch<V1Pod>(connection, request, timing, longestPause, {
      onList: (pods) => {
        this.#hasListed = true;
        this.#pods.clear();
        for (const pod of pods) this.#put(pod);
        this.#emitter.fire();
      },
      onChange: ({ type, object }) => {
        if (type === 'DELETED') this.#pods.delete(object.metadata?.uid ?? '');
        else this.#put(object);
        this.#emitter.fire();
      },
      onState: (failure) => {
        this.#failure = failure;
        this.#emitter.fire();
      },
    });
  }

  /** undefined until they were listed once. */
  get current(): readonly PodFacts[] | undefined {
    return this.#hasListed ? [...this.#pods.values()] : undefined;
  }

  /** Why they are not followed now. */
  get failure(): AppError | undefined {
    return this.#failure;
  }

  dispose(): void {
    this.#watch.dispose();
    this.#emitter.dispose();
  }

  #put(pod: V1Pod): void {
    this.#pods.set(pod.metadata?.uid ?? '', mapPod(pod, undefined));
  }
}
