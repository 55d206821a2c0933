import type { SetupCommand } from '../../../core/environmentFile';
import type { Loss } from '../../../core/errors';
import type { Identity, IdentityParts, Owner, Repository, Worktree } from '../../../core/model';
import type { ClusterAccess, NamespaceRecord } from '../../../core/ports/cluster';
import type { DeletePorts } from '../deletePorts';
import type { DeleteResult } from '../requests';
import type { Step } from '../../run/steps';
import type { VariableSource } from './variables';

/**
 * In this order parts are removed, whatever they are. `begin`: what a repository does while all is still there, and may fail. `stop`: what runs, and may still write, ends. `refuse`: the last look, and
 * whatever may still say no. From then on it cannot be taken back: `cluster`, what lives in the namespace; `data`, what lives
 * elsewhere; `record`, what says whose all that is, so that a delete that was cut off is finished by the next one; `last`, what
 * nothing but the record knew of.
 */
export const removalPhases = ['begin', 'stop', 'refuse', 'cluster', 'data', 'record', 'last'] as const;

/** One step of a delete. Each waits for all before it. */
export interface Removal extends Omit<Step, 'after'> {
  readonly phase: (typeof removalPhases)[number];
}

/** What would be lost with what was found. */
export interface Found {
  readonly losses: readonly Loss[];
}

/** What is deleted: an environment with its worktree, one of both, or an orphan. */
export interface LookRun {
  readonly ports: DeletePorts;
  /** Undefined: there is none, or it lives in another cluster and stays. */
  readonly environment: RemovedEnvironment | undefined;
  /** Undefined: no worktree has the environment. */
  readonly worktree: RemovedWorktree | undefined;
  /** Losses that the person accepted, each by its name. */
  readonly accepted: readonly Loss['kind'][];
  /** Where nothing may be started to look: hears of each kind of loss that cannot be told so, and is told of no loss of that kind. */
  readonly onUntold?: ((kind: Loss['kind']) => void) | undefined;
  readonly signal: AbortSignal;
}

export interface RemoveRun extends Omit<LookRun, 'signal'> {
  /** Those that are there. */
  readonly parts: readonly VariableSource[];
  /** Connects and reads the namespace, once. @throws conflict when it is somebody else's */
  readonly reach: (signal: AbortSignal) => Promise<Reached>;
  /** Asks every part whether it can be removed. @throws */
  readonly confirm: (signal: AbortSignal) => Promise<void>;
  /** Looks for what came to be lost since the delete was decided. @throws conflict with the losses */
  readonly lookAgain: (signal: AbortSignal) => Promise<void>;
  /** What there is to say of it in the end. */
  readonly conclude: (result: Partial<DeleteResult>) => void;
}

export interface RemovedEnvironment {
  readonly owner: Owner;
  readonly namespace: string;
  readonly release: string;
  readonly parts: IdentityParts;
}

export interface RemovedWorktree {
  readonly repository: Repository;
  readonly worktree: Worktree;
  readonly identity: Identity | undefined;
  /** It stays, and forgets its environment. */
  readonly isKept: boolean;
  /** The branch that goes with it. */
  readonly branch: string | undefined;
  /** Commands that were approved, to be run while all is there. */
  readonly teardown: readonly SetupCommand[];
}

export interface Reached {
  readonly access: ClusterAccess;
  /** Undefined: it is gone already. */
  readonly namespace: NamespaceRecord | undefined;
}
