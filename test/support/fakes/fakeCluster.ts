import { AppError } from '../../../src/core/errors';
import { Emitter, type Event } from '../../../src/core/event';
import type { DeploymentFacts, EnvironmentFacts, IngressFacts, PodFacts } from '../../../src/core/facts';
import type { ClusterIdentity, Owner } from '../../../src/core/model';
import type {
  ClaimNamespace,
  Cluster,
  ClusterAccess,
  ClusterWatch,
  ClusterWatchState,
  NamespaceRecord,
  OfRepositories,
  VolumeClaim,
} from '../../../src/core/ports/cluster';

export interface FakeFacts {
  readonly deployments: readonly DeploymentFacts[];
  readonly pods: readonly PodFacts[];
  readonly ingresses: readonly IngressFacts[];
  /** In the place of those of its record. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface FakeNamespace {
  record: NamespaceRecord;
  facts: FakeFacts;
  readonly secrets: Map<string, { readonly owner: Owner | undefined; readonly data: Readonly<Record<string, string>> }>;
  readonly logs: Map<string, string[]>;
}

const nothing: FakeFacts = { deployments: [], pods: [], ingresses: [] };

/** A cluster in memory. It answers at once, and runs nothing: what runs is what `setFacts` says. */
export class FakeCluster implements Cluster {
  identity: ClusterIdentity = { kind: 'embedded' };
  /** It was started by an older build of Coppice. */
  isOfOlderBuild = false;
  /** Answers to `stateTrouble`, one after the other; then there is none. */
  readonly stateTroubles: (string | undefined)[] = [];
  /** What whoever watches has said last. */
  isPatient: boolean | undefined;
  readonly access: ClusterAccess = {
    server: 'https://127.0.0.1:1',
    kubeconfig: '/nowhere/kubeconfig',
    context: 'fake',
  };
  /** What `urlPort` answers. */
  port: number | undefined = 8080;
  /** By namespace. */
  readonly claims = new Map<string, readonly VolumeClaim[]>();
  /** Calls that change something, in order: "claimNamespace x". */
  readonly changes: string[] = [];
  /** Called before each method with its name; what it throws or rejects with is the method's failure. */
  before: (method: string, signal?: AbortSignal) => void | Promise<void> = () => undefined;
  readonly #namespaces = new Map<string, FakeNamespace>();
  readonly #changed = new Emitter<void>();
  #away: string | undefined;
  #isStarted = true;
  #nextUid = 1;

  /** Away: every method fails with `unreachable`, and watches are offline. undefined: it is back. */
  setAway(reason: string | undefined): void {
    this.#away = reason;
    this.#changed.fire();
  }

  /** A cluster that is not running until `connect` is called. */
  setStopped(): void {
    this.#isStarted = false;
    this.setAway('The cluster was not started yet.');
  }

  setFacts(namespace: string, facts: Partial<FakeFacts>): void {
    const found = this.#get(namespace);
    found.facts = { ...found.facts, ...facts };
    this.#changed.fire();
  }

  setTerminating(namespace: string): void {
    const found = this.#get(namespace);
    found.record = { ...found.record, terminating: true };
    this.#changed.fire();
  }

  addForeignNamespace(name: string, owner?: Owner): void {
    this.#add({ name, owner, annotations: {} });
  }

  addLogLine(namespace: string, service: string, line: string): void {
    const { logs } = this.#get(namespace);
    logs.set(service, [...(logs.get(service) ?? []), line]);
    this.#changed.fire();
  }

  async urlPort(): Promise<number | undefined> {
    return Promise.resolve(this.port);
  }

  async contractTrouble(): Promise<string | undefined> {
    return Promise.resolve(this.isOfOlderBuild ? 'It is of an older build.' : undefined);
  }

  async stateTrouble(): Promise<string | undefined> {
    return Promise.resolve(this.stateTroubles.shift());
  }

  async connect(signal?: AbortSignal): Promise<ClusterAccess> {
    await this.#enter('connect', signal, false);
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.setAway(undefined);
    }
    this.#verifyHere();
    return this.access;
  }

  async probe(signal?: AbortSignal): Promise<ClusterAccess | undefined> {
    await this.#enter('probe', signal, false);
    return this.#away === undefined ? this.access : undefined;
  }

  async readNamespace(name: string, signal?: AbortSignal): Promise<NamespaceRecord | undefined> {
    await this.#enter('readNamespace', signal);
    return this.#namespaces.get(name)?.record;
  }

  async listNamespaces(signal?: AbortSignal): Promise<NamespaceRecord[]> {
    await this.#enter('listNamespaces', signal);
    return [...this.#namespaces.values()].map(({ record }) => record).filter((record) => record.owner !== undefined);
  }

  async claimNamespace(request: ClaimNamespace, signal?: AbortSignal): Promise<'created' | 'found'> {
    await this.#enter('claimNamespace', signal);
    const found = this.#namespaces.get(request.name);
    if (found) {
      verifyUsable(found.record, request.owner);
      found.record = { ...found.record, annotations: { ...found.record.annotations, ...request.annotations } };
      return 'found';
    }
    this.changes.push(`claimNamespace ${request.name}`);
    this.#add(request);
    return 'created';
  }

  async deleteNamespace(name: string, owner: Owner, signal?: AbortSignal): Promise<void> {
    await this.#enter('deleteNamespace', signal);
    const found = this.#namespaces.get(name);
    if (!found) return;
    if (!isSame(found.record.owner, owner))
      throw new AppError('conflict', `The namespace "${name}" does not belong to this worktree.`);
    this.changes.push(`deleteNamespace ${name}`);
    this.#namespaces.delete(name);
    this.#changed.fire();
  }

  async putSecret(
    namespace: string,
    name: string,
    data: Readonly<Record<string, string>>,
    owner: Owner,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#enter('putSecret', signal);
    const found = this.#verify(namespace, owner);
    this.changes.push(`putSecret ${namespace}/${name}`);
    found.secrets.set(name, { owner, data: { ...data } });
  }

  async readSecret(
    namespace: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, string>> | undefined> {
    await this.#enter('readSecret', signal);
    return this.#namespaces.get(namespace)?.secrets.get(name)?.data;
  }

  async listClaims(namespace: string, signal?: AbortSignal): Promise<readonly VolumeClaim[]> {
    await this.#enter('listClaims', signal);
    return this.#namespaces.has(namespace) ? (this.claims.get(namespace) ?? []) : [];
  }

  /** For what works on the same cluster. @throws as a method of that name would; notFound, conflict where an owner is given */
  async use(method: string, namespace: string, owner: Owner | undefined, signal?: AbortSignal): Promise<FakeNamespace> {
    await this.#enter(method, signal);
    if (owner) return this.#verify(namespace, owner);
    const found = this.#namespaces.get(namespace);
    if (!found) throw new AppError('notFound', `There is no namespace "${namespace}".`);
    return found;
  }

  linesOf(namespace: string, service: string): readonly string[] | undefined {
    const found = this.#namespaces.get(namespace);
    return found && (found.logs.get(service) ?? []);
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  async read(of: OfRepositories, signal?: AbortSignal): Promise<EnvironmentFacts[]> {
    await this.#enter('read', signal);
    return this.#environments(of);
  }

  watch(of: OfRepositories): ClusterWatch {
    return new FakeClusterWatch(
      this.#changed.event,
      () =>
        this.#away === undefined
          ? { state: 'online', environments: this.#environments(of) }
          : { state: 'offline', reason: this.#away },
      (isPatient) => void (this.isPatient = isPatient),
    );
  }

  #environments(of: OfRepositories): EnvironmentFacts[] {
    const wanted = typeof of === 'string' ? [of] : of;
    return [...this.#namespaces.values()]
      .flatMap(({ record, facts }) => {
        const { owner, name, terminating, annotations } = record;
        if (!owner || wanted?.includes(owner.repositoryId) === false) return [];
        return [{ ...owner, namespace: name, terminating, terminatingReason: undefined, annotations, ...facts }];
      })
      .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  }

  #add(request: { name: string; owner: Owner | undefined; annotations: Readonly<Record<string, string>> }): void {
    const { name, owner, annotations } = request;
    const record = { name, uid: `uid-${this.#nextUid++}`, owner, terminating: false, annotations: { ...annotations } };
    this.#namespaces.set(name, { record, facts: nothing, secrets: new Map(), logs: new Map() });
    this.#changed.fire();
  }

  #get(namespace: string): FakeNamespace {
    const found = this.#namespaces.get(namespace);
    if (!found) throw new Error(`The fake cluster has no namespace ${namespace}: claim it first.`);
    return found;
  }

  #verify(namespace: string, owner: Owner): FakeNamespace {
    const found = this.#namespaces.get(namespace);
    if (!found) throw new AppError('notFound', `There is no namespace "${namespace}".`);
    verifyUsable(found.record, owner);
    return found;
  }

  #verifyHere(): void {
    if (this.#away !== undefined) throw new AppError('unreachable', this.#away);
  }

  async #enter(method: string, signal: AbortSignal | undefined, isHereNeeded = true): Promise<void> {
    signal?.throwIfAborted();
    await this.before(method, signal);
    signal?.throwIfAborted();
    if (isHereNeeded) this.#verifyHere();
  }
}

class FakeClusterWatch implements ClusterWatch {
  readonly #emitter = new Emitter<ClusterWatchState>();
  readonly #subscription: { dispose(): void };
  #current: ClusterWatchState = { state: 'connecting' };
  #isDisposed = false;

  constructor(
    onChange: Event<void>,
    private readonly state: () => ClusterWatchState,
    private readonly onPatience: (isPatient: boolean) => void,
  ) {
    this.#subscription = onChange(() => this.#soon());
    this.#soon();
  }

  get current(): ClusterWatchState {
    return this.#current;
  }

  get onDidChange(): Event<ClusterWatchState> {
    return this.#emitter.event;
  }

  retryNow(): void {
    this.#soon();
  }

  setPatient(isPatient: boolean): void {
    this.onPatience(isPatient);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#subscription.dispose();
    this.#emitter.dispose();
  }

  /** News never come while the caller is still in the call that made them. */
  #soon(): void {
    queueMicrotask(() => {
      if (this.#isDisposed) return;
      const next = this.state();
      if (JSON.stringify(next) === JSON.stringify(this.#current)) return;
      this.#current = next;
      this.#emitter.fire(next);
    });
  }
}

function isSame(a: Owner | undefined, b: Owner): boolean {
  return a?.repositoryId === b.repositoryId && a.worktreeId === b.worktreeId;
}

function verifyUsable(record: NamespaceRecord, owner: Owner): void {
  if (!isSame(record.owner, owner)) {
    throw new AppError(
      'conflict',
      `The namespace "${record.name}" is there already and does not belong to this worktree.`,
    );
  }
  if (record.terminating) throw new AppError('conflict', `The namespace "${record.name}" is being deleted.`);
}
