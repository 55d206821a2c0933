import { ageOf } from './age';
import { numberAt, recordAt, recordsAt, textAt, valueAt, type KubeObject } from '../schema/kubeObject';
import {
  endpointsText,
  externalAddress,
  firstOf,
  hostsText,
  joined,
  loadBalancerText,
  mapText,
  nodeAddress,
  nodeRoles,
  nodeStatus,
  quotaText,
  roleText,
  selectorText,
  servicePorts,
  strings,
  none,
} from './tableCells';
import { podReadiness, podReason, podRestarts } from './podPrinting';

/** A column between Name and Age; a wide one comes after the age and is shown by `-o wide` only. */
export interface Column {
  name: string;
  wide?: boolean;
  type?: 'string' | 'integer';
  cell(object: KubeObject, now: Date): unknown;
}

type Cell = Column['cell'];

function column(name: string, cell: Cell, type?: 'integer'): Column {
  return type ? { name, cell, type } : { name, cell };
}

function wide(name: string, cell: Cell): Column {
  return { name, cell, wide: true };
}

const text =
  (...path: string[]): Cell =>
  (object) =>
    textAt(object, ...path) ?? none;

const count =
  (...path: string[]): Cell =>
  (object) =>
    numberAt(object, ...path) ?? 0;

const keyCount =
  (...path: string[]): Cell =>
  (object) =>
    keysAt(object, ...path);

function keysAt(object: KubeObject, ...path: string[]): number {
  return Object.keys(recordAt(object, ...path) ?? {}).length;
}

const created = column('Created At', (object) => object.metadata.creationTimestamp ?? none);

const containers = [
  wide('Containers', (object) => joined(recordsAt(object, 'spec', 'template', 'spec', 'containers'), 'name')),
  wide('Images', (object) => joined(recordsAt(object, 'spec', 'template', 'spec', 'containers'), 'image')),
];

const templateSelector = wide('Selector', (object) => selectorText(recordAt(object, 'spec', 'selector')) || none);

const columns: Readonly<Record<string, readonly Column[]>> = {
  ConfigMap: [column('Data', (object) => keysAt(object, 'data') + keysAt(object, 'binaryData'))],
  ClusterRole: [created],
  ClusterRoleBinding: [column('Role', roleText)],
  Deployment: [
    column(
      'Ready',
      (object) => `${numberAt(object, 'status', 'readyReplicas') ?? 0}/${numberAt(object, 'spec', 'replicas') ?? 0}`,
    ),
    column('Up-to-date', count('status', 'updatedReplicas'), 'integer'),
    column('Available', count('status', 'availableReplicas'), 'integer'),
    ...containers,
    templateSelector,
  ],
  Endpoints: [column('Endpoints', endpointsText)],
  EndpointSlice: [
    column('AddressType', text('addressType')),
    column('Ports', (object) => joined(recordsAt(object, 'ports'), 'port') || '<unset>'),
    column('Endpoints', (object) =>
      firstOf(
        recordsAt(object, 'endpoints').flatMap((one) => strings(one['addresses'])),
        '<unset>',
      ),
    ),
  ],
  Event: eventColumns(),
  Ingress: [
    column(
      'Class',
      (object) =>
        textAt(object, 'spec', 'ingressClassName') ??
        object.metadata.annotations?.['kubernetes.io/ingress.class'] ??
        none,
    ),
    column('Hosts', hostsText),
    column('Address', loadBalancerText),
    column('Ports', (object) => (recordsAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80')),
  ],
  IngressClass: [
    column('Controller', text('spec', 'controller')),
    column('Parameters', (object) =>
      recordAt(object, 'spec', 'parameters')
        ? `${textAt(object, 'spec', 'parameters', 'kind') ?? ''}/${textAt(object, 'spec', 'parameters', 'name') ?? ''}`
        : none,
    ),
  ],
  Lease: [column('Holder', (object) => textAt(object, 'spec', 'holderIdentity') ?? '')],
  LimitRange: [created],
  Namespace: [column('Status', text('status', 'phase'))],
  NetworkPolicy: [column('Pod-Selector', (object) => selectorText(recordAt(object, 'spec', 'podSelector')) || none)],
  Node: [
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    { ...wide('Internal-IP', (object) => nodeAddress(object, 'InternalIP')) },
    wide('External-IP', (object) => nodeAddress(object, 'ExternalIP')),
    wide('OS-Image', (object) => textAt(object, 'status', 'nodeInfo', 'osImage') ?? '<unknown>'),
    wide('Kernel-Version', (object) => textAt(object, 'status', 'nodeInfo', 'kernelVersion') ?? '<unknown>'),
    wide(
      'Container-Runtime',
      (object) => textAt(object, 'status', 'nodeInfo', 'containerRuntimeVersion') ?? '<unknown>',
    ),
  ],
  PersistentVolumeClaim: [
    column('Status', (object) =>
      object.metadata.deletionTimestamp === undefined ? (textAt(object, 'status', 'phase') ?? '') : 'Terminating',
    ),
    column('Volume', (object) => textAt(object, 'spec', 'volumeName') ?? ''),
    column('Capacity', (object) => textAt(object, 'status', 'capacity', 'storage') ?? ''),
    column('Access Modes', (object) => strings(valueAt(object, 'status', 'accessModes')).join(',')),
    column('StorageClass', (object) => textAt(object, 'spec', 'storageClassName') ?? ''),
    wide('VolumeMode', (object) => textAt(object, 'spec', 'volumeMode') ?? 'Filesystem'),
  ],
  Pod: [
    column('Ready', podReadiness),
    column('Status', podReason),
    column('Restarts', podRestarts),
    wide('IP', text('status', 'podIP')),
    wide('Node', text('spec', 'nodeName')),
    wide('Nominated Node', text('status', 'nominatedNodeName')),
    wide('Readiness Gates', (object) =>
      recordsAt(object, 'spec', 'readinessGates').length > 0
        ? String(recordsAt(object, 'spec', 'readinessGates').length)
        : none,
    ),
  ],
  ReplicaSet: [
    column('Desired', count('spec', 'replicas'), 'integer'),
    column('Current', count('status', 'replicas'), 'integer'),
    column('Ready', count('status', 'readyReplicas'), 'integer'),
    ...containers,
    templateSelector,
  ],
  ResourceQuota: [
    column('Request', (object) => quotaText(object, (key) => !key.startsWith('limits.'))),
    column('Limit', (object) => quotaText(object, (key) => key.startsWith('limits.'))),
  ],
  Role: [created],
  RoleBinding: [column('Role', roleText), ...subjectColumns()],
  Secret: [column('Type', text('type')), column('Data', keyCount('data'), 'integer')],
  Service: [
    column('Type', text('spec', 'type')),
    column('Cluster-IP', text('spec', 'clusterIP')),
    column('External-IP', externalAddress),
    column('Port(s)', servicePorts),
    wide('Selector', (object) => mapText(recordAt(object, 'spec', 'selector')) || none),
  ],
  ServiceAccount: [column('Secrets', (object) => recordsAt(object, 'secrets').length, 'integer')],
};

export function columnsOf(kind: string): readonly Column[] {
  return columns[kind] ?? [];
}

function eventColumns(): Column[] {
  const lastSeen: Cell = (object, now) =>
    ageOf(textAt(object, 'lastTimestamp') ?? textAt(object, 'eventTime') ?? object.metadata.creationTimestamp, now);
  return [
    column('Last Seen', lastSeen),
    column('Type', text('type')),
    column('Reason', text('reason')),
    column(
      'Object',
      (object) =>
        `${(textAt(object, 'involvedObject', 'kind') ?? '').toLowerCase()}/${textAt(object, 'involvedObject', 'name') ?? ''}`,
    ),
    wide('Subobject', (object) => textAt(object, 'involvedObject', 'fieldPath') ?? ''),
    wide('Source', (object) =>
      [textAt(object, 'source', 'component'), textAt(object, 'source', 'host')].filter(Boolean).join(', '),
    ),
    column('Message', (object) => (textAt(object, 'message') ?? '').trim()),
    wide('First Seen', (object, now) => ageOf(textAt(object, 'firstTimestamp') ?? textAt(object, 'eventTime'), now)),
    wide('Count', (object) => String(numberAt(object, 'count') ?? 1)),
    wide('Name', (object) => object.metadata.name),
  ];
}

function subjectColumns(): Column[] {
  return (['User', 'Group', 'ServiceAccount'] as const).map((kind) =>
    wide(`${kind}s`, (object) =>
      recordsAt(object, 'subjects')
        .filter((subject) => subject['kind'] === kind)
        .map(
          (subject) =>
            (kind === 'ServiceAccount' ? `${textAt(subject, 'namespace') ?? ''}/` : '') +
            (textAt(subject, 'name') ?? ''),
        )
        .join(', '),
    ),
  );
}
