import type { KubeObject } from './infraChart';
import type { KubeConnection } from './kubeConnection';

/** Where the API has an object, its name included, by the server's own list of kinds; undefined: it knows no such kind. */
export type ObjectPath = (object: KubeObject) => string | undefined;

const groups = [
  'v1',
  'apps/v1',
  'networking.k8s.io/v1',
  'rbac.authorization.k8s.io/v1',
  'gateway.networking.k8s.io/v1',
];

/** Of the groups that the charts use. */
export async function objectPaths(api: KubeConnection): Promise<ObjectPath> {
  const plural = new Map<string, { readonly name: string; readonly namespaced: boolean }>();
  for (const group of groups) {
    const { json } = await api.call('GET', group === 'v1' ? '/api/v1' : `/apis/${group}`);
    // The Gateway API is there where somebody has installed it.
    for (const { name, namespaced, kind } of json?.resources ?? [])
      if (!name.includes('/')) plural.set(`${group}/${kind}`, { name, namespaced });
  }
  return ({ apiVersion, kind, metadata }) => {
    const resource = plural.get(`${apiVersion}/${kind}`);
    if (!resource) return undefined;
    const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const within = resource.namespaced ? `/namespaces/${metadata.namespace}` : '';
    return `${base}${within}/${resource.name}/${metadata.name}`;
  };
}
