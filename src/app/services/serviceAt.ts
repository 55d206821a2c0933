import { AppError, type Loss } from '../../core/errors';
import type { Identity, Owner } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Workloads } from '../../core/ports/workloads';
import { refuseElsewhere } from '../cluster/refuseElsewhere';
import { worktreeAt, type WorktreeAtPorts } from '../worktrees/worktreeAt';

export interface ServiceAtPorts extends WorktreeAtPorts {
  readonly cluster: Pick<Cluster, 'identity'>;
}

export interface WorkloadPorts extends ServiceAtPorts {
  readonly workloads: Workloads;
}

/** A service of the environment that a worktree owns. */
export interface ServiceAt {
  readonly folder: string;
  /** The worktree's folder. */
  readonly path: string;
  readonly service: string;
  /** Losses that a person accepted, each by its name. */
  readonly accepted?: readonly Loss['kind'][] | undefined;
}

/** Where a service runs and whose it is, as recorded: names are looked up, never derived. @throws notFound, conflict */
export async function serviceAt(
  ports: ServiceAtPorts,
  { path, service }: ServiceAt,
  signal: AbortSignal,
): Promise<{ namespace: string; service: string; owner: Owner; identity: Identity }> {
  const { identity } = await worktreeAt(ports, path, signal);
  if (!identity) throw new AppError('notFound', `The worktree ${path} has no environment.`);
  refuseElsewhere(identity, ports.cluster.identity);
  return { namespace: identity.names.namespace, service, owner: identity.owner, identity };
}
