import type { Cause } from '../../core/diagnosis/cause';
import type { ErrorGroup } from '../../core/diagnosis/errorGroups';
import type { ServiceOutput } from '../../core/diagnosis/serviceCause';
import type { ClusterIdentity, Identity, ServiceStatus, Snapshot, Worktree } from '../../core/model';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { Paths } from '../../core/ports/host';
import type { Installs } from '../../core/ports/installs';
import type { KeptTexts } from '../../core/ports/keptTexts';
import type { RepositoryFiles } from '../../core/ports/repositoryFiles';
import type { Setups } from '../../core/ports/setups';
import type { Workloads } from '../../core/ports/workloads';
import type { DatabaseStatus } from '../databases/migrations/migrationStatus';
import type { WorktreeState } from '../view/worktreeState';
import type { WantedWorktree } from './entryAt';

export interface DiagnosisPorts {
  readonly readSnapshot: (folder: string, signal: AbortSignal) => Promise<Snapshot>;
  readonly workloads: (folder: string) => Promise<Pick<Workloads, 'logs' | 'describe'>>;
  /** How far the database of a worktree is, whose file says that it is migrated so. */
  readonly databaseStatus: (at: DatabasePlace, migrate: string, signal: AbortSignal) => Promise<DatabaseStatus>;
  /** Whether the database server of Coppice's own answers; undefined: there is none for this cluster. */
  readonly databasesRun: (cluster: ClusterIdentity | undefined) => Promise<boolean | undefined>;
  readonly environmentFiles: Pick<EnvironmentFiles, 'read'>;
  readonly setups: Pick<Setups, 'read'>;
  readonly installs: Pick<Installs, 'begun'>;
  readonly files: Pick<RepositoryFiles, 'list' | 'read'>;
  readonly kept: KeptTexts;
  readonly paths: Pick<Paths, 'contains'>;
  readonly sha256: (text: string) => string;
  /** Milliseconds. */
  readonly now: () => number;
}

/** As the snapshot has it. */
export interface DatabasePlace {
  readonly repositoryId: string;
  readonly worktree: Worktree;
  readonly identity: Identity | undefined;
}

export interface DiagnosisRequest {
  /** A folder of the repository. */
  readonly folder: string;
  /** undefined: the worktree that `folder` lies in. */
  readonly path?: WantedWorktree;
}

export interface Diagnosis {
  /** What a person calls the worktree. */
  readonly name: string;
  readonly path: string;
  readonly state: WorktreeState;
  /** The state in words. */
  readonly words: string;
  /** undefined: nothing is wrong that can be seen. */
  readonly cause: Cause | undefined;
  /** What else is wrong, the most likely first: much of it may follow from the cause. */
  readonly others: readonly Cause[];
  /** What could not be looked at, and why, a sentence each. */
  readonly untold: readonly string[];
  /** A file with all that was looked at; undefined: it cannot be written. */
  readonly file: string | undefined;
}

/** What was asked of a service that is in trouble. */
export interface AskedService extends ServiceOutput {
  readonly service: ServiceStatus;
  /** As its cluster describes it, with what happened to it. */
  readonly description: string;
}

/** What services have printed that is an error. */
export interface LoggedErrors {
  /** What a person calls the worktree. */
  readonly name: string;
  readonly services: readonly string[];
  /** How many lines were read, and how many of them tell an error. */
  readonly lines: number;
  readonly errors: number;
  /** The most frequent first. */
  readonly groups: readonly ErrorGroup[];
  /** The last hundred of all, each with its time. */
  readonly lastLines: readonly string[];
  /** A file with all lines; undefined: it cannot be written. */
  readonly file: string | undefined;
}
