import { kubernetesVersion } from '../schema/kubernetesVersion';
import { apiVersionOf, resources, type Resource } from '../schema/resources';

const objectVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

interface ApiResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  kind: string;
  verbs: readonly string[];
  shortNames?: readonly string[];
  categories?: readonly string[];
  group?: string;
  version?: string;
}

/** Resources that are not stored: questions to the server, and parts of stored ones. */
const virtualResources: Readonly<Record<string, readonly ApiResource[]>> = {
  v1: [
    { name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] },
    {
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    },
    {
      name: 'serviceaccounts/token',
      singularName: '',
      namespaced: true,
      group: 'authentication.k8s.io',
      version: 'v1',
      kind: 'TokenRequest',
      verbs: ['create'],
    },
  ],
  'authentication.k8s.io/v1': [
    {
      name: 'selfsubjectreviews',
      singularName: '',
      namespaced: false,
      kind: 'SelfSubjectReview',
      verbs: ['create'],
    },
    { name: 'tokenreviews', singularName: '', namespaced: false, kind: 'TokenReview', verbs: ['create'] },
  ],
  'authorization.k8s.io/v1': [
    {
      name: 'selfsubjectaccessreviews',
      singularName: '',
      namespaced: false,
      kind: 'SelfSubjectAccessReview',
      verbs: ['create'],
    },
    {
      name: 'selfsubjectrulesreviews',
      singularName: '',
      namespaced: false,
      kind: 'SelfSubjectRulesReview',
      verbs: ['create'],
    },
  ],
};

const metricsResources: readonly ApiResource[] = [
  { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
  { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
];

/** The discovery documents, by path. */
export function discoveryDocument(pathname: string, withMetrics: boolean): object | undefined {
  const path = pathname.replace(/\/$/, '');
  if (path === '/version') return versionDocument();
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  const groups = groupVersions(withMetrics);
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupDocument) };
  if (path === '/api/v1') return resourceList('v1');
  const [, root, group = '', version, ...rest] = path.split('/');
  if (root !== 'apis' || rest.length > 0) return undefined;
  if (version === undefined) {
    const found = groups.find((one) => one.startsWith(`${group}/`));
    return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(found) };
  }
  const groupVersion = `${group}/${version}`;
  return groups.includes(groupVersion) ? resourceList(groupVersion) : undefined;
}

/** All paths that answer, for `GET /`. */
export function rootPaths(withMetrics: boolean): object {
  const groups = groupVersions(withMetrics).flatMap((one) => [`/apis/${one.split('/')[0] ?? ''}`, `/apis/${one}`]);
  const fixed = ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'];
  return { paths: [...fixed, ...groups, ...(withMetrics ? ['/metrics'] : [])].sort() };
}

function versionDocument(): object {
  return {
    ...kubernetesVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: `${process.platform === 'win32' ? 'windows' : process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}

function groupVersions(withMetrics: boolean): string[] {
  const stored = resources.filter((one) => one.group !== '').map(apiVersionOf);
  const virtual = Object.keys(virtualResources).filter((one) => one !== 'v1');
  return [...new Set([...stored, ...virtual, ...(withMetrics ? ['metrics.k8s.io/v1beta1'] : [])])];
}

function groupDocument(groupVersion: string): object {
  const [name = '', version = ''] = groupVersion.split('/');
  return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
}

function resourceList(groupVersion: string): object {
  const stored = resources.filter((one) => apiVersionOf(one) === groupVersion).flatMap(storedResources);
  const virtual = groupVersion === 'metrics.k8s.io/v1beta1' ? metricsResources : (virtualResources[groupVersion] ?? []);
  const found = [...stored, ...virtual].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: found };
}

function storedResources(one: Resource): ApiResource[] {
  const part = { singularName: '', namespaced: one.namespaced, verbs: ['get', 'patch', 'update'] };
  return [
    {
      name: one.plural,
      singularName: one.singular,
      namespaced: one.namespaced,
      kind: one.kind,
      verbs: objectVerbs,
      ...(one.shortNames.length > 0 ? { shortNames: one.shortNames } : {}),
      ...(one.categories.length > 0 ? { categories: one.categories } : {}),
    },
    ...(one.hasStatus ? [{ ...part, name: `${one.plural}/status`, kind: one.kind }] : []),
    ...(one.hasScale
      ? [{ ...part, name: `${one.plural}/scale`, group: 'autoscaling', version: 'v1', kind: 'Scale' }]
      : []),
  ];
}
