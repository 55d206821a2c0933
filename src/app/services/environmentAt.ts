import { AppError } from '../../core/errors';
import type { EnvironmentFacts } from '../../core/facts';
import { isPrepared } from '../../core/services/heldServices';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Identity } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Locks } from '../../core/ports/host';
import { refuseElsewhere } from '../cluster/refuseElsewhere';
import type { WorkloadPorts } from './serviceAt';
import { worktreeAt, type FoundWorktree } from '../worktrees/worktreeAt';

export interface SleepPorts extends WorkloadPorts {
  readonly cluster: Cluster;
  readonly locks: Locks;
}

export interface EnvironmentAt {
  readonly folder: string;
  /** The worktree's folder. */
  readonly path: string;
}

/** Whose environment is meant, as recorded. @throws notFound, conflict, also where it is not made yet */
export async function environmentAt(
  ports: SleepPorts,
  { path }: EnvironmentAt,
  signal: AbortSignal,
): Promise<Identity> {
  return environmentIn(ports, path, await worktreeAt(ports, path, signal));
}

/** The same of a worktree that was found just now. */
export function environmentIn(
  ports: { readonly cluster: Pick<Cluster, 'identity'> },
  path: string,
  { identity }: Pick<FoundWorktree, 'identity'>,
): Identity {
  if (!identity) throw new AppError('notFound', `The worktree ${path} has no environment.`);
  refuseElsewhere(identity, ports.cluster.identity);
  if (identity.state === 'creating') throw notMade(path);
  return identity;
}

/** Before a service of its own is started: without its files or its database it would fail, or do harm. @throws conflict */
export function refuseUnmade(
  { state }: Identity,
  facts: Pick<EnvironmentFacts, 'deployments' | 'pods'> | undefined,
  path: string,
): void {
  if (state === 'creating' && facts && facts.deployments.length > 0 && isPrepared(facts)) throw notMade(path);
}

function notMade(path: string): AppError {
  return new AppError('conflict', `The environment of ${path} is not made yet, or its last create was cut off.`);
}

/** @throws notFound; conflict when it is another's, or being deleted */
export async function factsOf(
  cluster: Pick<Cluster, 'read'>,
  { owner, names }: Pick<Identity, 'owner' | 'names'>,
  signal: AbortSignal,
): Promise<EnvironmentFacts> {
  const facts = (await cluster.read(owner.repositoryId, signal)).find(({ namespace }) => namespace === names.namespace);
  if (!facts) throw new AppError('notFound', `The cluster has no environment in the namespace "${names.namespace}".`);
  if (!isSameOwner(facts, owner))
    throw new AppError('conflict', `The namespace "${names.namespace}" does not belong to this worktree.`);
  if (facts.terminating) throw beingDeleted(names.namespace);
  return facts;
}

export function beingDeleted(namespace: string): AppError {
  return new AppError('conflict', `The environment in "${namespace}" is being deleted.`);
}
