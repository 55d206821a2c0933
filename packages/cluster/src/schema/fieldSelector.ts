import { valueAt, type KubeObject } from './kubeObject';
import type { Resource } from './resources';
import { StatusError } from './statusError';

export type ObjectPredicate = (object: KubeObject) => boolean;

/** What can be selected by, beyond the name and the namespace, kind by kind as in Kubernetes. */
const selectableFields: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  Secret: ['type'],
  ReplicaSet: ['status.replicas'],
  Service: ['spec.clusterIP', 'spec.type'],
};

/** `status.phase=Running,spec.nodeName!=a`. Throws a StatusError of 400, also for a field that the kind is not selected by. */
export function parseFieldSelector(text: string, resource: Resource): ObjectPredicate {
  const terms = text
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, resource));
  return (object) => terms.every((matches) => matches(object));
}

function parseTerm(term: string, resource: Resource): ObjectPredicate {
  const parsed = /^([^=!]+?)\s*(==|=|!=)\s*(.*)$/.exec(term);
  if (!parsed) throw StatusError.badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const [, field = '', operator, wanted = ''] = parsed;
  if (!isSelectable(field, resource)) throw unknownField(field, resource);
  return (object) => (fieldText(object, field) === wanted) === (operator !== '!=');
}

function unknownField(field: string, resource: Resource): StatusError {
  return StatusError.badRequest(
    selectableFields[resource.kind]
      ? `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

function isSelectable(field: string, resource: Resource): boolean {
  if (field === 'metadata.name') return true;
  if (field === 'metadata.namespace') return resource.namespaced;
  return selectableFields[resource.kind]?.includes(field) ?? false;
}

function fieldText(object: KubeObject, field: string): string {
  // An event's source is a structure whose component is meant.
  const path = object.kind === 'Event' && field === 'source' ? ['source', 'component'] : field.split('.');
  const value = valueAt(object, ...path);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return field === 'spec.unschedulable' || field === 'spec.hostNetwork' ? 'false' : '';
}
