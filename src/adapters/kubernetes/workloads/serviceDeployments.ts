import type { V1Deployment } from '@kubernetes/client-node';
import { AppError } from '../../../core/errors';
import type { Owner } from '../../../core/model';
import type { KubeConnection } from '../connection/kubeConnection';
import { isOwnedBy, serviceLabel } from '../objects/labels';
import { listAll } from '../connection/listAll';

/** @throws notFound when the service has none */
export async function deploymentsOf(
  connection: KubeConnection,
  namespace: string,
  service: string,
  signal: AbortSignal | undefined,
): Promise<V1Deployment[]> {
  const list = {
    path: deploymentsPath(namespace),
    query: { labelSelector: `${serviceLabel}=${service}` },
    resource: `deployments of service "${service}"`,
  };
  const { items } = await listAll<V1Deployment>(connection, list, signal);
  if (items.length === 0)
    throw new AppError('notFound', `There is no service "${service}" in namespace "${namespace}".`);
  return items;
}

/** Changes each deployment of a service by a merge patch of its spec. @throws notFound, conflict when one is not the owner's */
export async function patchDeployments(
  connection: KubeConnection,
  { namespace, service, owner }: { readonly namespace: string; readonly service: string; readonly owner: Owner },
  { verb, spec }: { readonly verb: string; readonly spec: object },
  signal: AbortSignal | undefined,
): Promise<void> {
  const deployments = await deploymentsOf(connection, namespace, service, signal);
  const foreign = deployments.find((one) => !isOwnedBy(one.metadata?.labels, owner));
  if (foreign) {
    throw new AppError(
      'conflict',
      `The deployment "${foreign.metadata?.name}" in namespace "${namespace}" does not belong to this worktree.`,
    );
  }
  for (const { metadata } of deployments) {
    const name = metadata?.name ?? '';
    await connection.json(
      {
        method: 'PATCH',
        path: `${deploymentsPath(namespace)}/${encodeURIComponent(name)}`,
        // With the uid: another deployment of that name, made meanwhile, is left alone.
        body: { metadata: { uid: metadata?.uid }, spec },
        contentType: 'application/merge-patch+json',
        verb,
        resource: `deployment "${name}"`,
      },
      signal,
    );
  }
}

function deploymentsPath(namespace: string): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments`;
}
