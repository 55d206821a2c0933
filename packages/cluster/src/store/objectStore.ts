import type { Cluster } from '@ngrok/webernetes';
import { IdleNamespaceController } from '../engine/idleNamespaceController';
import { isRecord, type KubeObject } from '../schema/kubeObject';
import { compactEtcd, orderKeysByCharacter } from '../engine/etcdKeys';
import { turnOfLoop } from '../engine/turnOfLoop';
import { keepValuesOnce } from '../engine/etcdValues';
import { EventLog, type ObjectEvent } from './eventLog';
import { objectKey, storageKey } from './objectKeys';
import { ResourceVersions } from './resourceVersions';
import { deepFreeze, encodeStored, parseStored } from './storedObject';
import { apiVersionOf, resourceOfKind, resources } from '../schema/resources';
import { createService, hasAllottedAddress, replaceService } from './serviceStorage';
import { shareUnchanged } from '../engine/shareUnchanged';
import { StatusError } from '../schema/statusError';

export interface ObjectList {
  items: readonly KubeObject[];
  resourceVersion: string;
}

/** What survives a restart: all objects, and the last version, so that versions never run backwards. */
export interface StoreSnapshot {
  revision: number;
  objects: KubeObject[];
}

/** etcd keeps every event until it is told not to; the event log is what watches are served from. */
const compactEvery = 250;
const TELL_EVERY = 50;

/**
 * All objects of the cluster, of any kind, over the etcd that webernetes and its controllers work on.
 *
 * Reads come from memory: webernetes' etcd forgets all versions before the fourth-last write of any one object, so a
 * watch begun at the version of a list would fail at random. One watch of the whole etcd keeps the current
 * objects and the last events here, as Kubernetes' own watch cache does. etcd reports a write before the write returns,
 * so a read always sees the writes that were answered before it.
 *
 * Objects that it hands out are frozen: clone one before changing it.
 */
export class ObjectStore {
  private readonly current = new Map<string, Map<string, KubeObject>>();
  private readonly log = new EventLog();
  private readonly versions = new ResourceVersions();
  private revision = 0;
  private compacted = 0;
  private stopWatching: () => Promise<void> = () => Promise.resolve();

  private constructor(private readonly cluster: Cluster) {
    for (const resource of resources) this.current.set(resource.kind, new Map());
  }

  /** Call before `cluster.init()`: the store takes the place of webernetes' namespace controller. */
  static async open(cluster: Cluster): Promise<ObjectStore> {
    orderKeysByCharacter(cluster.etcd);
    keepValuesOnce(cluster.etcd);
    const store = new ObjectStore(cluster);
    cluster.registerImage(IdleNamespaceController);
    await store.begin();
    return store;
  }

  /** The version of the last write, of any object. */
  get resourceVersion(): string {
    return this.versions.of(this.revision);
  }

  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.objectsOf(kind).get(objectKey(namespace, name));
  }

  /** In the order of namespace and name. */
  list(kind: string, namespace?: string): ObjectList {
    const prefix = namespace === undefined ? '' : `${namespace}/`;
    const keys = [...this.objectsOf(kind).keys()].filter((key) => key.startsWith(prefix)).sort();
    const items = keys.flatMap((key) => this.objectsOf(kind).get(key) ?? []);
    return { items, resourceVersion: this.resourceVersion };
  }

  /**
   * Every write from now on, in order. Events are delivered while the writer still writes: a listener must return at once
   * and must not throw. Returns what ends it.
   */
  subscribe(listener: (event: ObjectEvent) => void): () => void {
    return this.log.subscribe(listener);
  }

  /**
   * The events after a version, then those to come. Throws a StatusError of 410 where the version is too old to know all
   * that came after it, or none that was given yet: a cluster before this one that was cut off may have.
   */
  subscribeAfter(resourceVersion: string, listener: (event: ObjectEvent) => void): () => void {
    const revision = this.versions.revisionOf(resourceVersion);
    if (revision > this.revision || !this.log.reaches(revision)) {
      throw StatusError.expired(`too old resource version: ${resourceVersion} (${this.versions.of(this.log.oldest)})`);
    }
    return this.log.subscribe(listener, revision);
  }

  /** How many listeners there are, for tests that look for leaks. */
  get listenerCount(): number {
    return this.log.listenerCount;
  }

  /** Rejects with a StatusError of 409 where the object exists. Nothing is validated: that is ObjectWrites' part. */
  async create(object: KubeObject): Promise<KubeObject> {
    const resource = resourceOfKind(object.kind);
    if (hasAllottedAddress(object)) {
      await createService(this.cluster, object);
      return this.written(object);
    }
    const key = storageKey(resource, object.metadata.namespace, object.metadata.name);
    const answer = await this.cluster.etcd
      .if(key, 'Version', '==', 0)
      .then(this.cluster.etcd.put(key).value(encodeStored(object)))
      .commit();
    if (!answer.succeeded) throw StatusError.alreadyExists(resource, object.metadata.name);
    return this.written(object);
  }

  /**
   * Replaces an object whose `metadata.resourceVersion` is the stored one; without a version whatever is stored. Rejects with a
   * StatusError of 404 or 409.
   */
  async update(object: KubeObject): Promise<KubeObject> {
    const resource = resourceOfKind(object.kind);
    const { namespace, name, resourceVersion } = object.metadata;
    const existing = this.get(object.kind, namespace, name);
    if (!existing) throw StatusError.notFound(resource, name);
    const expected = resourceVersion ?? existing.metadata.resourceVersion ?? '';
    if (hasAllottedAddress(object)) {
      await replaceService(this.cluster, object, this.versions.revisionOf(expected));
      return this.written(object);
    }
    const key = storageKey(resource, namespace, name);
    const answer = await this.cluster.etcd
      .if(key, 'Mod', '==', this.versions.revisionOf(expected))
      .then(this.cluster.etcd.put(key).value(encodeStored(object)))
      .commit();
    if (!answer.succeeded) {
      throw this.get(object.kind, namespace, name)
        ? StatusError.modified(resource, name)
        : StatusError.notFound(resource, name);
    }
    return this.written(object);
  }

  /**
   * Reads, lets `change` alter a copy and writes it, again from the start when another writer came between. Undefined where there
   * is no such object.
   */
  async modify(
    kind: string,
    namespace: string | undefined,
    name: string,
    change: (object: KubeObject) => void,
  ): Promise<KubeObject | undefined> {
    for (;;) {
      const existing = this.get(kind, namespace, name);
      if (!existing) return undefined;
      const next = structuredClone(existing);
      change(next);
      if (encodeStored(next) === encodeStored(existing)) return existing;
      try {
        return await this.update(next);
      } catch (error) {
        if (error instanceof StatusError && error.code === 404) return undefined;
        if (!(error instanceof StatusError && error.code === 409)) throw error;
      }
    }
  }

  /** Removes it now, whatever its finalizers and its grace period say. False where it did not exist (any more). */
  async remove(kind: string, namespace: string | undefined, name: string): Promise<boolean> {
    const resource = resourceOfKind(kind);
    const existing = this.get(kind, namespace, name);
    if (kind === 'Service' && namespace !== undefined && existing) {
      // Its own store gives its addresses and ports back, and keeps what has finalizers.
      if (existing.metadata.finalizers) {
        const { finalizers: _, ...metadata } = existing.metadata;
        await this.cluster.etcd
          .put(storageKey(resource, namespace, name))
          .value(encodeStored({ ...existing, metadata }));
      }
      await this.cluster.api.corev1.deleteNamespacedService({ namespace, name });
      return true;
    }
    const key = storageKey(resource, namespace, name);
    const answer = await this.cluster.etcd.delete().key(key);
    return answer.deleted !== '0';
  }

  /** All objects as they are now, kind by kind. */
  snapshot(): StoreSnapshot {
    const objects = [...this.current.values()].flatMap((map) => [...map.values()]);
    return { revision: Number(this.resourceVersion), objects };
  }

  /**
   * Brings objects of an earlier cluster back, with their uids and times; one that exists already is replaced. Call once, after
   * `cluster.init()` and before clients connect: versions continue beyond the snapshot's.
   *
   * @param tell hears how many are back
   */
  async restore(snapshot: StoreSnapshot, tell: (done: number, all: number) => void = () => undefined): Promise<void> {
    this.versions.continueAfter(snapshot.revision);
    for (const [kind, map] of this.current) {
      for (const [key, object] of map) this.current.get(kind)?.set(key, this.rebased(object));
    }
    this.log.restart(this.revision);
    // Pods last: what finds no owner of theirs takes them away.
    const order = ({ kind }: KubeObject): number => (kind === 'Namespace' ? 0 : kind === 'Pod' ? 2 : 1);
    for (const [index, object] of [...snapshot.objects].sort((a, b) => order(a) - order(b)).entries()) {
      // Each one wakes controllers: they are to be seen to while the rest comes back.
      await turnOfLoop();
      if (index % TELL_EVERY === 0) tell(index, snapshot.objects.length);
      const { namespace, name } = object.metadata;
      const resource = resourceOfKind(object.kind);
      if (object.kind === 'Service' && namespace !== undefined && !this.get('Service', namespace, name)) {
        // It could not be created any more, and would only be deleted next.
        if (this.get('Namespace', undefined, namespace)?.metadata.deletionTimestamp !== undefined) continue;
        if (hasAllottedAddress(object)) await createService(this.cluster, object);
      }
      await this.cluster.etcd.put(storageKey(resource, namespace, name)).value(encodeStored(object));
    }
  }

  async close(): Promise<void> {
    this.log.close();
    await this.stopWatching();
  }

  private async begin(): Promise<void> {
    const watcher = await this.cluster.etcd.watch().prefix('/registry/').withPreviousKV().create();
    watcher.on('put', (pair) => this.apply(pair.key.toString(), Number(pair.mod_revision), pair.value.toString()));
    watcher.on('delete', (pair) => this.apply(pair.key.toString(), Number(pair.mod_revision), undefined));
    this.stopWatching = () => watcher.cancel();
    const { kvs } = await this.cluster.etcd.getAll().prefix('/registry/').exec();
    for (const pair of kvs) {
      const revision = Number(pair.mod_revision);
      if (revision > this.revision) this.apply(pair.key.toString(), revision, pair.value.toString());
    }
    this.log.restart(this.revision);
  }

  private apply(etcdKey: string, revision: number, value: string | undefined): void {
    this.revision = Math.max(this.revision, revision);
    if (revision - this.compacted > 2 * compactEvery) {
      this.compacted = revision - compactEvery;
      void compactEtcd(this.cluster.etcd, this.compacted);
    }
    const resource = resources.find((one) => etcdKey.startsWith(`${one.storagePrefix}/`));
    if (!resource) return;
    const objects = this.objectsOf(resource.kind);
    const path = etcdKey.slice(resource.storagePrefix.length + 1);
    const key = resource.namespaced ? path : `/${path}`;
    const previous = objects.get(key);
    if (value === undefined) {
      if (!previous) return;
      objects.delete(key);
      const object = this.withVersion(previous, revision);
      this.log.add({ type: 'DELETED', kind: resource.kind, revision, object, previous });
      return;
    }
    const parsed: unknown = parseStored(value);
    if (!isRecord(parsed) || !isRecord(parsed['metadata'])) return;
    const stored = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...parsed } as KubeObject;
    // webernetes' controllers drop it when they replace an object of theirs.
    const born = previous?.metadata.creationTimestamp;
    if (born !== undefined) stored.metadata.creationTimestamp ??= born;
    const object = this.withVersion(shareUnchanged(previous, stored), revision);
    objects.set(key, object);
    this.log.add(
      previous
        ? { type: 'MODIFIED', kind: resource.kind, revision, object, previous }
        : { type: 'ADDED', kind: resource.kind, revision, object },
    );
  }

  private withVersion(object: KubeObject, revision: number): KubeObject {
    return deepFreeze({ ...object, metadata: { ...object.metadata, resourceVersion: this.versions.of(revision) } });
  }

  private rebased(object: KubeObject): KubeObject {
    return this.withVersion(object, Number(object.metadata.resourceVersion ?? 0));
  }

  private written(object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const stored = this.get(object.kind, namespace, name);
    if (!stored) throw StatusError.notFound(resourceOfKind(object.kind), name);
    return stored;
  }

  private objectsOf(kind: string): Map<string, KubeObject> {
    const found = this.current.get(kind);
    if (!found) throw new Error(`the embedded cluster has no kind ${kind}`);
    return found;
  }
}
