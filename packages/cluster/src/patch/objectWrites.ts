import { randomUUID } from 'node:crypto';
import { applyDefaults } from '../schema/defaults';
import { kubeTime, type KubeObject } from '../schema/kubeObject';
import { recordUpdate, type Writer } from './managedFields';
import type { ObjectStore } from '../store/objectStore';
import { countGeneration, prepareCreate, prepareUpdate } from './prepareObject';
import type { Resource } from '../schema/resources';
import { sameValue } from '../schema/sameValue';
import { StatusError } from '../schema/statusError';
import { validate } from '../schema/validation';

export interface WriteOptions extends Writer {
  /** Do everything but the write. */
  dryRun: boolean;
}

/** What a change of an existing object turns it into; called again when another writer came between. */
export type Change = (existing: KubeObject) => KubeObject;

/**
 * Creates and updates as a Kubernetes API server does: who may set what, defaults, validation, generation, field
 * managers; then the object goes into the store. Everything rejects with a StatusError.
 */
export class ObjectWrites {
  constructor(private readonly objects: ObjectStore) {}

  /** `record` notes who owns which field, where it is not simply the writer. */
  async create(
    resource: Resource,
    input: KubeObject,
    options: WriteOptions,
    record: (object: KubeObject) => void = (object) => recordUpdate(undefined, object, options),
  ): Promise<KubeObject> {
    const object = structuredClone(input);
    const generated = object.metadata.name === '' && object.metadata.generateName !== undefined;
    if (generated) object.metadata.name = this.freeName(resource, object);
    prepareCreate(resource, object);
    this.requireNamespace(resource, object);
    applyDefaults(object);
    validate(resource, object);
    const { namespace, name } = object.metadata;
    if (this.objects.get(resource.kind, namespace, name)) throw StatusError.alreadyExists(resource, name);
    object.metadata.uid = randomUUID();
    object.metadata.creationTimestamp = kubeTime();
    record(object);
    if (options.dryRun) return object;
    const created = await this.objects.create(object);
    await this.requireNamespaceStill(resource, created);
    return created;
  }

  /** Rejects with 404 where there is no such object, 409 where `change` returns another resourceVersion than the stored. */
  async update(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: WriteOptions,
    change: Change,
  ): Promise<KubeObject> {
    for (;;) {
      const existing = this.objects.get(resource.kind, namespace, name);
      if (!existing) throw StatusError.notFound(resource, name);
      const wanted = change(structuredClone(existing));
      const asked = wanted.metadata.resourceVersion;
      if (asked && asked !== existing.metadata.resourceVersion) throw StatusError.modified(resource, name);
      const next = prepareUpdate(resource, wanted, existing, options.subresource);
      if (options.subresource !== 'status') {
        applyDefaults(next);
        countGeneration(resource, next, existing);
        validate(resource, next, existing);
      }
      recordUpdate(existing, next, options);
      const written = await this.write(resource, existing, next, options.dryRun);
      if (written) return written;
    }
  }

  /** Writes what `update` and server-side apply made of an existing object. Undefined when another writer came between. */
  async write(
    resource: Resource,
    existing: KubeObject,
    next: KubeObject,
    dryRun: boolean,
  ): Promise<KubeObject | undefined> {
    if (dryRun) return next;
    if (sameValue(next, existing)) return existing;
    if (isFinished(next)) {
      await this.objects.remove(resource.kind, next.metadata.namespace, next.metadata.name);
      return next;
    }
    try {
      return await this.objects.update(next);
    } catch (error) {
      if (error instanceof StatusError && error.code === 409) return undefined;
      throw error;
    }
  }

  /** The namespace may have gone while the object was written: nobody would ever remove it. */
  private async requireNamespaceStill(resource: Resource, { metadata }: KubeObject): Promise<void> {
    const { namespace, name } = metadata;
    if (namespace === undefined || this.objects.get('Namespace', undefined, namespace)) return;
    await this.objects.remove(resource.kind, namespace, name);
    throw StatusError.notFound({ group: '', plural: 'namespaces' }, namespace);
  }

  private freeName(resource: Resource, object: KubeObject): string {
    const { generateName = '', namespace } = object.metadata;
    for (;;) {
      const name = generateName.slice(0, 58) + randomSuffix();
      if (!this.objects.get(resource.kind, namespace, name)) return name;
    }
  }

  private requireNamespace(resource: Resource, object: KubeObject): void {
    if (!resource.namespaced) return;
    const name = object.metadata.namespace ?? '';
    const namespace = this.objects.get('Namespace', undefined, name);
    if (!namespace) throw StatusError.notFound({ group: '', plural: 'namespaces' }, name);
    if (namespace.metadata.deletionTimestamp === undefined) return;
    const why = `unable to create new content in namespace ${name} because it is being terminated`;
    throw StatusError.forbidden(resource, object.metadata.name, why, [
      { reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' },
    ]);
  }
}

/** The last finalizer of an object that is being deleted has gone, and nothing waits for its grace period. */
function isFinished(object: KubeObject): boolean {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = object.metadata;
  return (
    object.kind !== 'Namespace' &&
    deletionTimestamp !== undefined &&
    finalizers.length === 0 &&
    deletionGracePeriodSeconds <= 0
  );
}

/** Five characters without vowels, as Kubernetes ends generated names. */
function randomSuffix(): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from({ length: 5 }, () => letters[Math.floor(Math.random() * letters.length)] ?? 'x').join('');
}
