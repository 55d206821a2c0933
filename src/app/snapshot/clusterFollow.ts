import { toAppError } from '../../core/errors';
import type { Disposable } from '../../core/event';
import type { EnvironmentFacts } from '../../core/facts';
import type { ClusterConnection, ClusterIdentity, Environment, Repository } from '../../core/model';
import type { OutdatedCluster } from '../../core/outdatedCluster';
import type { Cluster, ClusterWatch, ClusterWatchState } from '../../core/ports/cluster';
import type { ShownPart } from '../environment/parts/part';
import { foundInfra, withInfra, withoutInfra } from '../infra/foundInfra';
import { ClusterAnswers } from './clusterAnswers';
import type { ReadPorts } from './readSnapshot';
import { TemporalWatch } from './temporalWatch';

/** What whoever follows a cluster is asked, and hears. */
interface Follower {
  /** Whether anybody wants news at all. */
  isWanted(): boolean;
  /** Whether somebody looks. */
  isSeen(): boolean;
  onChange(): void;
  /** Somebody has made an environment. */
  onNewEnvironment(): void;
  readonly signal: AbortSignal;
}

/**
 * The cluster that a repository has chosen: one watch for the repository's environments and for infra, what its program says of
 * itself, and the workflows of environments that have a namespace in Temporal. Another choice ends it and begins anew there; while it is
 * away, the environments known last stay.
 */
export class ClusterFollow implements Disposable {
  readonly #follower: Follower;
  readonly #answers: ClusterAnswers;
  readonly #temporal: TemporalWatch;
  #watch: ClusterWatch | undefined;
  /** What the environments known last come from. */
  #from: { readonly cluster: Cluster; readonly repository: string } | undefined;
  #environments: readonly EnvironmentFacts[] = [];
  #infra: Environment | undefined;
  #connection: ClusterConnection = { state: 'idle' };
  #consistsOf: readonly ShownPart[] = [];

  /** @param ports loads what it needs on first use */
  constructor(ports: () => Promise<ReadPorts>, follower: Follower) {
    this.#follower = follower;
    const onChange = (): void => follower.onChange();
    this.#answers = new ClusterAnswers(ports, follower.signal, onChange);
    this.#temporal = new TemporalWatch(ports, () => follower.isSeen(), onChange);
  }

  get environments(): readonly EnvironmentFacts[] {
    return this.#environments;
  }

  get infra(): Environment | undefined {
    return this.#infra;
  }

  get connection(): ClusterConnection {
    return this.#connection;
  }

  get identity(): ClusterIdentity | undefined {
    return this.#from?.cluster.identity;
  }

  /** What environments there consist of. */
  get consistsOf(): readonly ShownPart[] {
    return this.#consistsOf;
  }

  get outdatedCluster(): OutdatedCluster | undefined {
    return this.#answers.outdatedCluster;
  }

  get stateTrouble(): string | undefined {
    return this.#answers.stateTrouble;
  }

  get temporal(): TemporalWatch['current'] {
    return this.#temporal.current;
  }

  /** Watches the cluster that the repository uses now, and no other one any more. Never rejects. */
  async follow(ports: ReadPorts, repository: Repository): Promise<void> {
    let cluster: Cluster;
    try {
      cluster = await ports.clusterOf(repository.id);
      // Before anything is heard of environments.
      this.#consistsOf = ports.consistsOf;
    } catch (error) {
      this.dispose();
      this.#hear({ state: 'offline', reason: toAppError(error).message });
      return;
    }
    if (this.#follower.signal.aborted) return;
    if (this.#from && (this.#from.cluster !== cluster || this.#from.repository !== repository.id)) {
      this.dispose();
      this.#environments = [];
      this.#infra = undefined;
      this.#answers.forget();
      this.#connection = { state: 'idle' };
    }
    this.#from = { cluster, repository: repository.id };
    this.#follower.onChange();
    if (!this.#follower.isWanted() || this.#watch) return;
    const watch = cluster.watch(withInfra(repository.id, cluster.identity));
    watch.onDidChange((state) => this.#hear(state));
    watch.setPatient(!this.#follower.isSeen());
    this.#watch = watch;
    this.#hear(watch.current);
  }

  /** Somebody begins to look, or ends: what is asked for, and not watched, goes with that. */
  seenChanged(): void {
    const isSeen = this.#follower.isSeen();
    this.#watch?.setPatient(!isSeen);
    if (!isSeen) this.#temporal.dispose();
    else if (this.#connection.state === 'online') this.#followTemporal();
  }

  /** One that is away is tried now. */
  retryNow(): void {
    if (this.#watch?.current.state === 'offline') this.#watch.retryNow();
  }

  /** Whether one that was online before still saves what it is told: no watch tells it. Never rejects. */
  askTrouble(): Promise<void> {
    return this.#answers.askTrouble();
  }

  /** Watches no more until it is told to; what is known stays. */
  dispose(): void {
    this.#watch?.dispose();
    this.#watch = undefined;
    this.#temporal.dispose();
  }

  #followTemporal(): void {
    if (this.#from) this.#temporal.follow(this.#from.cluster.identity, this.#environments);
  }

  #hear(state: ClusterWatchState): void {
    if (state.state === 'online') {
      if (this.#connection.state !== 'online' && this.#from) void this.#answers.ask(this.#from.cluster);
      this.#connection = { state: 'online' };
      const wasKnown = new Set(this.#environments.map((facts) => facts.namespace));
      this.#environments = withoutInfra(state.environments);
      this.#infra = foundInfra(state.environments);
      this.#followTemporal();
      // Its worktree's record may be new as well.
      if (this.#environments.some((facts) => !wasKnown.has(facts.namespace))) this.#follower.onNewEnvironment();
    } else if (state.state === 'offline') {
      const since = this.#connection.state === 'offline' ? this.#connection.since : new Date().toISOString();
      this.#connection = { state: 'offline', reason: state.reason, since };
      this.#answers.forget();
      this.#temporal.dispose();
    } else if (this.#connection.state !== 'offline') {
      this.#connection = { state: 'connecting' };
    }
    this.#follower.onChange();
  }
}
