import {
  isRecord,
  numberAt,
  recordAt,
  valueAt,
  type ObjectFields,
  type KubeObject,
  type ObjectMeta,
} from '../schema/kubeObject';
import type { Resource } from '../schema/resources';
import { StatusError } from '../schema/statusError';

/** The `autoscaling/v1` Scale of a workload. */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const labels = recordAt(object, 'spec', 'selector', 'matchLabels') ?? {};
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(',');
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  const replicas = numberAt(object, 'spec', 'replicas') ?? 0;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(JSON.stringify(metadata)) as ObjectMeta,
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: numberAt(object, 'status', 'replicas') ?? 0, selector },
  };
}

/** The workload with the replicas of a Scale that was put or patched. Throws a StatusError of 400 or 422. */
export function withScale(object: KubeObject, scale: ObjectFields, resource: Resource): KubeObject {
  const replicas = valueAt(scale, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw StatusError.badRequest('spec.replicas is not an integer');
  }
  if (replicas < 0) {
    throw StatusError.invalid({ group: 'autoscaling', kind: 'Scale' }, object.metadata.name, [
      {
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${replicas}: must be greater than or equal to 0`,
        field: 'spec.replicas',
      },
    ]);
  }
  const spec = isRecord(object['spec']) ? object['spec'] : {};
  const version = valueAt(scale, 'metadata', 'resourceVersion');
  const stale = typeof version === 'string' && version !== '' && version !== object.metadata.resourceVersion;
  if (stale) throw StatusError.modified(resource, object.metadata.name);
  return { ...object, spec: { ...spec, replicas } };
}
