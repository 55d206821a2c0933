import type { ResourceName } from './environmentIndex';
import { traitsOf } from '../../../core/clusterTraits';
import type { ClusterIdentity } from '../../../core/model';
import type { OfRepositories } from '../../../core/ports/cluster';
import { repositorySelector } from '../objects/labels';
import type { ListRequest } from '../connection/listInPages';

const everywhere: readonly ResourceName[] = ['namespaces', 'deployments', 'pods', 'ingresses', 'events'];

/** Those that a cluster may have: a user may lack the right to read them, or it does not serve them. */
export const optionalResources: ReadonlySet<ResourceName> = new Set(['events', 'routes']);

/** What the environments of a cluster are read from. */
export function resourcesOf(identity: ClusterIdentity): readonly ResourceName[] {
  return traitsOf(identity).hasGateway ? everywhere : [...everywhere, 'routes'];
}

/** Where each resource type is listed and watched, in all namespaces. */
export function resourceLists(of: OfRepositories): Readonly<Record<ResourceName, ListRequest>> {
  const query = { labelSelector: repositorySelector(of) };
  return {
    namespaces: { path: '/api/v1/namespaces', query, resource: 'namespaces' },
    deployments: { path: '/apis/apps/v1/deployments', query, resource: 'deployments' },
    pods: { path: '/api/v1/pods', query, resource: 'pods' },
    ingresses: { path: '/apis/networking.k8s.io/v1/ingresses', query, resource: 'ingresses' },
    routes: { path: '/apis/gateway.networking.k8s.io/v1/httproutes', query, resource: 'routes' },
    // Events carry no labels.
    events: {
      path: '/api/v1/events',
      query: { fieldSelector: 'type=Warning,involvedObject.kind=Pod' },
      resource: 'events',
    },
  };
}
