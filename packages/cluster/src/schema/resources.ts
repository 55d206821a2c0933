/** A kind of object that the API serves, and how. */
export interface Resource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: readonly string[];
  categories: readonly string[];
  namespaced: boolean;
  /** Where its objects lie in the cluster's etcd, without a trailing slash. */
  storagePrefix: string;
  /** Its status is written by itself, at `…/status`. */
  hasStatus: boolean;
  /** `metadata.generation` counts the changes of its spec. */
  hasGeneration: boolean;
  hasScale: boolean;
}

type Traits = Partial<
  Pick<Resource, 'singular' | 'shortNames' | 'categories' | 'namespaced' | 'hasStatus' | 'hasScale'>
> & {
  /** webernetes has a store of its own for the kind: its key there, which its controllers watch. */
  engineKey?: string;
  hasGeneration?: boolean;
};

function resource(apiVersion: string, kind: string, plural: string, traits: Traits = {}): Resource {
  const [first = '', second] = apiVersion.split('/');
  const [group, version] = second === undefined ? ['', first] : [first, second];
  return {
    group,
    version,
    kind,
    plural,
    singular: traits.singular ?? kind.toLowerCase(),
    shortNames: traits.shortNames ?? [],
    categories: traits.categories ?? [],
    namespaced: traits.namespaced ?? true,
    storagePrefix: `/registry/${traits.engineKey ?? `coppice/${group === '' ? 'core' : group}/${plural}`}`,
    hasStatus: traits.hasStatus ?? false,
    hasGeneration: traits.hasGeneration ?? false,
    hasScale: traits.hasScale ?? false,
  };
}

const rbac = 'rbac.authorization.k8s.io/v1';
const all = ['all'];

/** Every kind that the embedded cluster stores. Kinds are unique across groups. */
export const resources: readonly Resource[] = [
  resource('v1', 'ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  resource('v1', 'Endpoints', 'endpoints', { shortNames: ['ep'], singular: 'endpoints' }),
  resource('v1', 'Event', 'events', { shortNames: ['ev'], engineKey: 'events' }),
  resource('v1', 'LimitRange', 'limitranges', { shortNames: ['limits'] }),
  resource('v1', 'Namespace', 'namespaces', {
    shortNames: ['ns'],
    namespaced: false,
    hasStatus: true,
    engineKey: 'namespaces',
  }),
  resource('v1', 'Node', 'nodes', { shortNames: ['no'], namespaced: false, hasStatus: true, engineKey: 'nodes' }),
  resource('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', { shortNames: ['pvc'], hasStatus: true }),
  resource('v1', 'Pod', 'pods', { shortNames: ['po'], categories: all, hasStatus: true, engineKey: 'pods' }),
  resource('v1', 'ResourceQuota', 'resourcequotas', { shortNames: ['quota'], hasStatus: true }),
  resource('v1', 'Secret', 'secrets'),
  resource('v1', 'Service', 'services', {
    shortNames: ['svc'],
    categories: all,
    hasStatus: true,
    engineKey: 'services',
  }),
  resource('v1', 'ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }),
  resource('apps/v1', 'Deployment', 'deployments', {
    shortNames: ['deploy'],
    categories: all,
    hasStatus: true,
    hasGeneration: true,
    hasScale: true,
    engineKey: 'deployments',
  }),
  resource('apps/v1', 'ReplicaSet', 'replicasets', {
    shortNames: ['rs'],
    categories: all,
    hasStatus: true,
    hasGeneration: true,
    hasScale: true,
    engineKey: 'replicasets',
  }),
  resource('networking.k8s.io/v1', 'Ingress', 'ingresses', {
    shortNames: ['ing'],
    hasStatus: true,
    hasGeneration: true,
  }),
  resource('networking.k8s.io/v1', 'IngressClass', 'ingressclasses', { namespaced: false, hasGeneration: true }),
  resource('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', {
    shortNames: ['netpol'],
    hasGeneration: true,
  }),
  resource(rbac, 'ClusterRole', 'clusterroles', { namespaced: false }),
  resource(rbac, 'ClusterRoleBinding', 'clusterrolebindings', { namespaced: false }),
  resource(rbac, 'Role', 'roles'),
  resource(rbac, 'RoleBinding', 'rolebindings'),
  resource('coordination.k8s.io/v1', 'Lease', 'leases'),
  resource('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', {
    hasGeneration: true,
    engineKey: 'discovery.k8s.io/endpointslices',
  }),
];

const byKind = new Map(resources.map((one) => [one.kind, one]));
const byPath = new Map(resources.map((one) => [`${one.group}/${one.version}/${one.plural}`, one]));

export function resourceOfPath(group: string, version: string, plural: string): Resource | undefined {
  return byPath.get(`${group}/${version}/${plural}`);
}

/** Throws for a kind that is not served: kinds in code are constants. */
export function resourceOfKind(kind: string): Resource {
  const found = byKind.get(kind);
  if (!found) throw new Error(`the embedded cluster has no kind ${kind}`);
  return found;
}

export function apiVersionOf(one: { group: string; version: string }): string {
  return one.group === '' ? one.version : `${one.group}/${one.version}`;
}
