import { environmentFileName, type SetupCommand } from '../../../core/environmentFile';
import { isSameCluster } from '../../../core/clusters/clusterRules';
import { AppError, isAppError, type Loss } from '../../../core/errors';
import type { ClusterIdentity, Identity, Worktree } from '../../../core/model';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';

interface TeardownPorts {
  readonly environmentFiles: Pick<EnvironmentFiles, 'read'>;
  readonly cluster: { readonly identity: ClusterIdentity };
}

/**
 * What is to be run before an environment is deleted, as its worktree's own file says it. Nothing where the folder is gone, where the
 * environment stays in another cluster, and where a person wants to do without.
 *
 * @throws conflict when the file cannot be read, or is gone and named some when the environment was made
 */
export async function readTeardown(
  { environmentFiles, cluster }: TeardownPorts,
  worktree: Worktree,
  identity: Identity | undefined,
  accepted: readonly Loss['kind'][],
): Promise<readonly SetupCommand[]> {
  const isRun = identity !== undefined && worktree.prunable === undefined && !accepted.includes('teardown');
  if (!isRun || !isSameCluster(identity.cluster, cluster.identity)) return [];
  try {
    return (await environmentFiles.read(worktree.path)).teardown;
  } catch (error) {
    if (!isAppError(error)) throw error;
    // The record says only what the file said at a create: what was written since may name some, too.
    if (isAppError(error, 'notConfigured') && !identity.parts['teardown']) return [];
    throw new AppError(
      'conflict',
      `${environmentFileName} of ${worktree.branch ?? worktree.path} cannot be read, which says the teardown commands: ${error.message.replace(/\.$/, '')}. Nothing was deleted.`,
      {
        losses: [{ kind: 'teardown', count: 1, examples: [] }],
        ...(error.remedy ? { remedy: error.remedy } : {}),
        cause: error,
      },
    );
  }
}
