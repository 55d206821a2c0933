import { embeddedIdentity } from '../../../core/clusterTraits';
import { isAppError, type AppError } from '../../../core/errors';
import { Emitter, type Event } from '../../../core/event';
import { GatheredNews } from '../../../core/gatheredNews';
import type { ClusterWatch, ClusterWatchState, OfRepositories } from '../../../core/ports/cluster';
import type { Logger } from '../../../core/ports/host';
import { EnvironmentIndex, type ResourceName, type Resources } from './environmentIndex';
import { optionalResources, resourceLists, resourcesOf } from './resourceLists';
import type { KubeConnection } from '../connection/kubeConnection';
import { ResourceWatch } from './resourceWatch';
import type { WatchTiming } from './watchTiming';

/** The one whose watch finds out that the cluster is back, while the others wait. */
const lead: ResourceName = 'namespaces';

/** All environments, from one watch a resource type; see ClusterWatch. */
export class EnvironmentWatch implements ClusterWatch {
  readonly #emitter: Emitter<ClusterWatchState>;
  readonly #index: EnvironmentIndex;
  readonly #watches = new Map<ResourceName, { retryNow(): void; dispose(): void }>();
  /** undefined: follows; not in the map: not known yet. */
  readonly #failures = new Map<ResourceName, AppError | undefined>();
  #current: ClusterWatchState = { state: 'connecting' };
  readonly #news = new GatheredNews(() => this.#tellOnline());
  #isPatient = false;
  #isDisposed = false;

  constructor(
    private readonly connection: KubeConnection,
    of: OfRepositories,
    private readonly timing: WatchTiming,
    private readonly log: Logger,
    ingressPort?: () => number | undefined,
    private readonly resources: readonly ResourceName[] = resourcesOf(embeddedIdentity),
  ) {
    this.#index = new EnvironmentIndex(ingressPort);
    this.#emitter = new Emitter((error) => log.error('A listener to the cluster failed.', error));
    for (const resource of resources) this.#start(resource, of);
  }

  get current(): ClusterWatchState {
    return this.#current;
  }

  get onDidChange(): Event<ClusterWatchState> {
    return this.#emitter.event;
  }

  retryNow(): void {
    for (const watch of this.#watches.values()) watch.retryNow();
  }

  setPatient(isPatient: boolean): void {
    this.#isPatient = isPatient;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#news.forget();
    for (const watch of this.#watches.values()) watch.dispose();
    this.#emitter.dispose();
  }

  #start<N extends ResourceName>(resource: N, of: OfRepositories): void {
    const watch = new ResourceWatch<Resources[N]>(
      this.connection,
      resourceLists(of)[resource],
      this.timing,
      () => this.#longestPause(resource),
      {
        onList: (items) => {
          this.#index.replace(resource, items);
          this.#gather();
        },
        onChange: (change) => {
          this.#index.apply(resource, change);
          this.#gather();
        },
        onState: (failure) => this.#onState(resource, failure),
      },
    );
    this.#watches.set(resource, watch);
  }

  #longestPause(resource: ResourceName): number {
    const isAsking = resource === lead || this.#follows(lead);
    const { longestPauseMs, longestLocalPauseMs, patientTimes } = this.timing;
    return (
      (isAsking && this.connection.isLocal ? longestLocalPauseMs : longestPauseMs) *
      (this.#isPatient ? patientTimes : 1)
    );
  }

  #follows(resource: ResourceName): boolean {
    return this.#failures.has(resource) && this.#failures.get(resource) === undefined;
  }

  #onState(resource: ResourceName, failure: AppError | undefined): void {
    const hadFailed = this.#failures.get(resource) !== undefined;
    this.#failures.set(resource, failure);
    if (failure) this.log.debug(`watch of ${resource}: ${failure.message}`);
    else if (hadFailed) this.log.debug(`watch of ${resource}: follows again`);
    if (!failure && resource === lead) this.retryNow();
    // What the cluster does not serve is not asked for again.
    if (optionalResources.has(resource) && isAppError(failure, 'notFound')) this.#watches.get(resource)?.dispose();
    if (failure && !optionalResources.has(resource)) this.#goOffline(failure);
    else this.#gather();
  }

  #goOffline(failure: AppError): void {
    this.#news.forget();
    if (this.#current.state === 'offline' && this.#current.reason === failure.message) return;
    this.#tell({ state: 'offline', reason: failure.message });
  }

  #gather(): void {
    if (!this.#isDisposed) this.#news.hear(this.timing.gatherMs);
  }

  #tellOnline(): void {
    const isWhole = this.resources.every(
      (resource) => this.#follows(resource) || (optionalResources.has(resource) && this.#failures.has(resource)),
    );
    if (!isWhole) return;
    const environments = this.#index.environments();
    if (this.#current.state === 'online' && this.#current.environments === environments) return;
    this.#tell({ state: 'online', environments });
  }

  #tell(state: ClusterWatchState): void {
    if (this.#isDisposed) return;
    this.#current = state;
    this.#emitter.fire(state);
  }
}
