import type { ResourceName } from './environmentIndex';
import type { OfRepositories } from '../../../core/ports/cluster';
import { repositorySelector } from '../objects/labels';
import type { ListRequest } from '../connection/listInPages';

export const resourceNames: readonly ResourceName[] = ['namespaces', 'deployments', 'pods', 'ingresses', 'events'];

/** Where each resource type is listed and watched, in all namespaces. */
export function resourceLists(of: OfRepositories): Readonly<Record<ResourceName, ListRequest>> {
  const query = { labelSelector: repositorySelector(of) };
  return {
    namespaces: { path: '/api/v1/namespaces', query, resource: 'namespaces' },
    deployments: { path: '/apis/apps/v1/deployments', query, resource: 'deployments' },
    pods: { path: '/api/v1/pods', query, resource: 'pods' },
    ingresses: { path: '/apis/networking.k8s.io/v1/ingresses', query, resource: 'ingresses' },
    // Events carry no labels.
    events: {
      path: '/api/v1/events',
      query: { fieldSelector: 'type=Warning,involvedObject.kind=Pod' },
      resource: 'events',
    },
  };
}
