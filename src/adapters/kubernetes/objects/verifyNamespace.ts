import type { V1Namespace } from '@kubernetes/client-node';
import { AppError, isAppError } from '../../../core/errors';
import type { Owner } from '../../../core/model';
import type { NamespaceRecord } from '../../../core/ports/cluster';
import type { KubeConnection } from '../connection/kubeConnection';
import { mapNamespace } from './mapNamespace';

/** To be asked before every change of what lies in a namespace. @throws notFound, conflict when it is not the owner's or is being deleted */
export async function verifyNamespace(
  connection: KubeConnection,
  name: string,
  owner: Owner,
  signal: AbortSignal | undefined,
): Promise<V1Namespace> {
  const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
  const found = await connection
    .json<V1Namespace>({ method: 'GET', path, verb: 'read', resource: `namespace "${name}"` }, signal)
    .catch((error: unknown) => {
      if (isAppError(error, 'notFound')) throw new AppError('notFound', `There is no namespace "${name}".`);
      throw error;
    });
  verifyUsable(mapNamespace(found), owner);
  return found;
}

/** @throws conflict */
export function verifyUsable(found: NamespaceRecord, owner: Owner): void {
  const isOwn = found.owner?.repositoryId === owner.repositoryId && found.owner.worktreeId === owner.worktreeId;
  if (!isOwn)
    throw new AppError(
      'conflict',
      `The namespace "${found.name}" is there already and does not belong to this worktree.`,
    );
  if (found.terminating)
    throw new AppError('conflict', `The namespace "${found.name}" is being deleted; try again when it is gone.`);
}
