import type { V1Deployment } from '@kubernetes/client-node';
import { AppError } from '../../../core/errors';
import type { Owner } from '../../../core/model';
import type { KubeConnection } from '../connection/kubeConnection';
import { isOwnedBy, serviceLabel } from '../objects/labels';
import { listInPages } from '../connection/listInPages';

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
  const { items } = await listInPages<V1Deployment>(connection, list, signal);
  if (items.length === 0)
    throw new AppError('notFound', `There is no service "${service}" in namespace "${namespace}".`);
  return items;
}

export interface OwnedService {
  readonly namespace: string;
  readonly service: string;
  readonly owner: Owner;
}

/** @throws notFound, conflict when one is not the owner's */
export async function ownDeployments(
  connection: KubeConnection,
  { namespace, service, owner }: OwnedService,
  signal: AbortSignal | undefined,
): Promise<V1Deployment[]> {
  const deployments = await deploymentsOf(connection, namespace, service, signal);
  const foreign = deployments.find((one) => !isOwnedBy(one.metadata?.labels, owner));
  if (foreign) {
    throw new AppError(
      'conflict',
      `The deployment "${foreign.metadata?.name}" in namespace "${namespace}" does not belong to this worktree.`,
    );
  }
  return deployments;
}

export interface DeploymentChange {
  readonly verb: string;
  readonly spec: object;
  /** null takes one away. */
  readonly annotations?: Readonly<Record<string, string | null>>;
  /** Of the deployment as it was read: one that was changed since is a conflict. */
  readonly resourceVersion?: string | undefined;
}

/** Changes each deployment of a service by a merge patch of its spec. @throws notFound, conflict when one is not the owner's */
export async function patchDeployments(
  connection: KubeConnection,
  at: OwnedService,
  change: DeploymentChange,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const deployment of await ownDeployments(connection, at, signal))
    await patchDeployment(connection, deployment, change, signal);
}

/** By one merge patch: all of the change, or nothing. @throws notFound, conflict */
export async function patchDeployment(
  connection: KubeConnection,
  { metadata }: V1Deployment,
  { verb, spec, annotations, resourceVersion }: DeploymentChange,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name = '', namespace = '', uid } = metadata ?? {};
  await connection.json(
    {
      method: 'PATCH',
      path: `${deploymentsPath(namespace)}/${encodeURIComponent(name)}`,
      // With the uid: another deployment of that name, made meanwhile, is left alone.
      body: { metadata: { uid, resourceVersion, annotations }, spec },
      contentType: 'application/merge-patch+json',
      verb,
      resource: `deployment "${name}"`,
    },
    signal,
  );
}

function deploymentsPath(namespace: string): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments`;
}
