import { isRecord, recordAt, recordsAt, type ObjectFields, type KubeObject } from './kubeObject';
import { defaultPodSpec, defaultRequests, fill } from './podDefaults';

type Default = (object: KubeObject, spec: ObjectFields) => void;

/** Adds the fields that Kubernetes adds to an object that leaves them out. Changes the object. */
export function applyDefaults(object: KubeObject): void {
  const withDefaults = defaults[object.kind];
  if (!withDefaults) return;
  const spec = isRecord(object['spec']) ? object['spec'] : {};
  withDefaults(object, spec);
  if (Object.keys(spec).length > 0) object['spec'] = spec;
}

const defaults: Readonly<Record<string, Default>> = {
  Pod: defaultPod,
  Deployment: (object, spec) => {
    fill(object, 'status', {});
    fill(spec, 'replicas', 1);
    fill(spec, 'strategy', {});
    const strategy = recordAt(spec, 'strategy') ?? {};
    fill(strategy, 'type', 'RollingUpdate');
    if (strategy['type'] === 'RollingUpdate') {
      fill(strategy, 'rollingUpdate', {});
      const rolling = recordAt(strategy, 'rollingUpdate') ?? {};
      fill(rolling, 'maxUnavailable', '25%');
      fill(rolling, 'maxSurge', '25%');
    }
    fill(spec, 'revisionHistoryLimit', 10);
    fill(spec, 'progressDeadlineSeconds', 600);
    defaultTemplate(spec);
  },
  ReplicaSet: (object, spec) => {
    fill(object, 'status', { replicas: 0 });
    fill(spec, 'replicas', 1);
    defaultTemplate(spec);
  },
  Service: defaultService,
  Namespace: (object, spec) => {
    object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
    fill(spec, 'finalizers', ['kubernetes']);
    fill(object, 'status', {});
    fill(recordAt(object, 'status') ?? {}, 'phase', 'Active');
  },
  Node: (object) => {
    fill(object, 'status', {});
  },
  Secret: (object) => {
    fill(object, 'type', 'Opaque');
    const plain = recordAt(object, 'stringData');
    if (plain) {
      const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
      object['data'] = { ...recordAt(object, 'data'), ...Object.fromEntries(encoded) };
      delete object['stringData'];
    }
  },
  Ingress: (object) => {
    fill(object, 'status', { loadBalancer: {} });
  },
  NetworkPolicy: (_, spec) => {
    fill(spec, 'policyTypes', spec['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress']);
    for (const rule of [...recordsAt(spec, 'ingress'), ...recordsAt(spec, 'egress')]) {
      for (const port of recordsAt(rule, 'ports')) fill(port, 'protocol', 'TCP');
    }
  },
  PersistentVolumeClaim: (object, spec) => {
    fill(spec, 'volumeMode', 'Filesystem');
    fill(object, 'status', { phase: 'Pending' });
  },
  ResourceQuota: (object) => {
    fill(object, 'status', {});
  },
  Endpoints: (object) => {
    for (const subset of recordsAt(object, 'subsets')) {
      for (const port of recordsAt(subset, 'ports')) fill(port, 'protocol', 'TCP');
    }
  },
  RoleBinding: defaultRoleBinding,
  ClusterRoleBinding: defaultRoleBinding,
};

function defaultTemplate(spec: ObjectFields): void {
  const template = recordAt(spec, 'template');
  if (!template) return;
  // Kubernetes always shows when a template was created, which is never.
  const metadata = isRecord(template['metadata']) ? template['metadata'] : (template['metadata'] = {});
  if (isRecord(metadata) && metadata['creationTimestamp'] === undefined) metadata['creationTimestamp'] = null;
  const pod = recordAt(template, 'spec');
  if (pod) defaultPodSpec(pod);
}

function defaultPod(object: KubeObject, spec: ObjectFields): void {
  defaultPodSpec(spec);
  for (const container of [...recordsAt(spec, 'initContainers'), ...recordsAt(spec, 'containers')]) {
    defaultRequests(container);
  }
  fill(spec, 'serviceAccountName', 'default');
  fill(spec, 'serviceAccount', spec['serviceAccountName']);
  fill(spec, 'enableServiceLinks', true);
  fill(spec, 'priority', 0);
  fill(spec, 'preemptionPolicy', 'PreemptLowerPriority');
  fill(object, 'status', {});
  const status = recordAt(object, 'status') ?? {};
  fill(status, 'phase', 'Pending');
  fill(status, 'qosClass', qualityOfService(spec));
}

function qualityOfService(spec: ObjectFields): string {
  const containers = [...recordsAt(spec, 'containers'), ...recordsAt(spec, 'initContainers')];
  const asks = containers.flatMap((one) => [
    recordAt(one, 'resources', 'limits'),
    recordAt(one, 'resources', 'requests'),
  ]);
  if (asks.every((one) => one === undefined || Object.keys(one).length === 0)) return 'BestEffort';
  const guaranteed = containers.every((one) =>
    ['cpu', 'memory'].every((name) => {
      const limit = recordAt(one, 'resources', 'limits')?.[name];
      return limit !== undefined && limit === recordAt(one, 'resources', 'requests')?.[name];
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function defaultService(object: KubeObject, spec: ObjectFields): void {
  fill(spec, 'type', 'ClusterIP');
  fill(spec, 'sessionAffinity', 'None');
  for (const port of recordsAt(spec, 'ports')) {
    fill(port, 'protocol', 'TCP');
    fill(port, 'targetPort', port['port']);
  }
  if (spec['type'] !== 'ExternalName') {
    fill(spec, 'ipFamilies', ['IPv4']);
    fill(spec, 'ipFamilyPolicy', 'SingleStack');
    fill(spec, 'internalTrafficPolicy', 'Cluster');
  }
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer') fill(spec, 'externalTrafficPolicy', 'Cluster');
  fill(object, 'status', { loadBalancer: {} });
}

function defaultRoleBinding(object: KubeObject): void {
  const role = recordAt(object, 'roleRef');
  if (role) fill(role, 'apiGroup', 'rbac.authorization.k8s.io');
  for (const subject of recordsAt(object, 'subjects')) {
    if (subject['kind'] === 'User' || subject['kind'] === 'Group')
      fill(subject, 'apiGroup', 'rbac.authorization.k8s.io');
  }
}
