import type { FieldErrors } from './fieldErrors';
import { isRecord, recordsAt, valueAt, type ObjectFields, type KubeObject } from './kubeObject';
import { sameValue } from './sameValue';

const immutable = 'field is immutable';

/** What may never change, kind by kind. */
const immutableFields: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  Secret: ['type'],
};

/** The rules about an update of an object, beyond those of the object itself. */
export function validateUpdate(object: KubeObject, previous: KubeObject, errors: FieldErrors): void {
  for (const field of immutableFields[object.kind] ?? []) {
    const path = field.split('.');
    const value = valueAt(object, ...path);
    if (!sameValue(value, valueAt(previous, ...path))) errors.invalid(field, value, immutable);
  }
  if (object.kind === 'Pod') validatePodUpdate(object, previous, errors);
  if (object.kind === 'Service') validateServiceUpdate(object, previous, errors);
  if (object.kind === 'Secret' || object.kind === 'ConfigMap') validateFrozenData(object, previous, errors);
  if (object.kind.endsWith('RoleBinding') && !sameValue(object['roleRef'], previous['roleRef'])) {
    errors.invalid('roleRef', object['roleRef'], 'cannot change roleRef');
  }
  const added = (object.metadata.finalizers ?? []).filter((one) => !previous.metadata.finalizers?.includes(one));
  if (previous.metadata.deletionTimestamp !== undefined && added.length > 0) {
    errors.forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`,
    );
  }
}

function validatePodUpdate(pod: KubeObject, previous: KubeObject, errors: FieldErrors): void {
  if (sameValue(withoutMutable(pod['spec']), withoutMutable(previous['spec']))) return;
  errors.forbidden(
    'spec',
    'pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)',
  );
}

function withoutMutable(spec: unknown): unknown {
  if (!isRecord(spec)) return spec;
  const copy: ObjectFields = { ...spec };
  for (const list of ['containers', 'initContainers']) {
    if (copy[list] !== undefined) copy[list] = recordsAt(spec, list).map(({ image: _, ...rest }) => rest);
  }
  delete copy['activeDeadlineSeconds'];
  delete copy['tolerations'];
  return copy;
}

function validateServiceUpdate(service: KubeObject, previous: KubeObject, errors: FieldErrors): void {
  const before = valueAt(previous, 'spec', 'clusterIP');
  const after = valueAt(service, 'spec', 'clusterIP');
  if (typeof before !== 'string' || before === '' || valueAt(service, 'spec', 'type') === 'ExternalName') return;
  if (after !== undefined && after !== before) errors.invalid('spec.clusterIPs[0]', [after], 'may not change once set');
}

function validateFrozenData(object: KubeObject, previous: KubeObject, errors: FieldErrors): void {
  if (previous['immutable'] !== true) return;
  const detail = 'field is immutable when `immutable` is set';
  if (object['immutable'] !== true) errors.forbidden('immutable', detail);
  for (const field of ['data', 'binaryData']) {
    if (!sameValue(object[field], previous[field])) errors.forbidden(field, detail);
  }
}
