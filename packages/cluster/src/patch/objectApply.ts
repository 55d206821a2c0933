import { applyDefaults } from '../schema/defaults';
import type { KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import type { ObjectWrites, WriteOptions } from './objectWrites';
import { countGeneration, prepareUpdate } from './prepareObject';
import type { Resource } from '../schema/resources';
import { applyConfiguration } from './serverSideApply';
import { StatusError } from '../schema/statusError';
import { validate } from '../schema/validation';

export interface ApplyOptions extends WriteOptions {
  force: boolean;
}

/** Server-side apply of a configuration: creates what is not there. Rejects with a StatusError. */
export async function applyObject(
  { objects, writes }: { objects: ObjectStore; writes: ObjectWrites },
  resource: Resource,
  configuration: KubeObject,
  options: ApplyOptions,
): Promise<{ object: KubeObject; created: boolean }> {
  for (;;) {
    const { namespace, name, resourceVersion, uid } = configuration.metadata;
    const existing = objects.get(resource.kind, namespace, name);
    if (resourceVersion && resourceVersion !== existing?.metadata.resourceVersion) {
      throw existing ? StatusError.modified(resource, name) : StatusError.notFound(resource, name);
    }
    if (uid && uid !== existing?.metadata.uid) {
      throw StatusError.conflict(resource, name, `uid mismatch: the provided object specified uid ${uid}`);
    }
    const applied = applyConfiguration(existing, configuration, options, options.force);
    if (!existing) {
      if (options.subresource !== undefined) throw StatusError.notFound(resource, name);
      const created = await createApplied(writes, resource, applied.object, options, applied.record);
      if (created) return { object: created, created: true };
      continue;
    }
    const next = prepareUpdate(resource, applied.object, existing, options.subresource);
    if (options.subresource !== 'status') {
      applyDefaults(next);
      countGeneration(resource, next, existing);
      validate(resource, next, existing);
    }
    applied.record(next);
    const written = await writes.write(resource, existing, next, options.dryRun);
    if (written) return { object: written, created: false };
  }
}

/** Undefined when somebody else created it meanwhile. */
async function createApplied(
  writes: ObjectWrites,
  resource: Resource,
  object: KubeObject,
  options: ApplyOptions,
  record: (object: KubeObject) => void,
): Promise<KubeObject | undefined> {
  try {
    return await writes.create(resource, object, options, record);
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'AlreadyExists') return undefined;
    throw error;
  }
}
