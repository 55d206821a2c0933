import { AppError } from '../core/errors';
import type { Cluster } from '../core/ports/cluster';
import type { UseCase } from './run';
import { worktreeAt, type WorktreeAtPorts } from './worktreeAt';

/** New pods for a service of the environment that a worktree owns. */
export function restartService(
  ports: WorktreeAtPorts & { readonly cluster: Cluster },
): UseCase<{ readonly folder: string; readonly path: string; readonly service: string }, void> {
  return async ({ path, service }, { signal }) => {
    const { identity } = await worktreeAt(ports, path, signal);
    if (!identity) throw new AppError('notFound', `The worktree ${path} has no environment.`);
    await ports.cluster.restart(identity.namespace, service, identity, signal);
  };
}
