import type { Snapshot } from '../../core/model';
import type { CleanupNotices } from '../../core/ports/cleanupNotices';
import type { Clock, Paths } from '../../core/ports/host';
import type { EnvironmentUsage } from '../../core/ports/usages';
import type { FolderPrograms } from '../../core/ports/folderPrograms';
import type { WorktreeFacts } from '../../core/ports/worktreeFacts';
import type { Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';
import type { LookAtDelete } from '../environment/delete/lookAtDelete';
import type { DeleteRequest, DeleteResult } from '../environment/requests';
import type { UseCase } from '../run/run';

export interface CleanupPorts {
  readonly readSnapshot: (folder: string, signal: AbortSignal) => Promise<Snapshot>;
  readonly worktrees: Pick<Worktrees, 'lastChange'>;
  readonly facts: WorktreeFacts;
  readonly programs: FolderPrograms;
  /**
   * When somebody last used an environment of the embedded cluster through it, by its namespace: milliseconds since the epoch; of what is
   * not in it that is not known. Starts nothing; undefined: it does not run, or does not tell.
   */
  readonly visits: (signal: AbortSignal) => Promise<ReadonlyMap<string, number> | undefined>;
  /** What environments use now, by namespace; a text says why nobody tells. Starts nothing. @throws unreachable */
  readonly usage: (folder: string, signal: AbortSignal) => Promise<ReadonlyMap<string, EnvironmentUsage> | string>;
  readonly notices: CleanupNotices;
  /** What protects work is what a delete asks about. */
  readonly lookAtDelete: UseCase<{ readonly folder: string }, LookAtDelete>;
  readonly delete: UseCase<DeleteRequest, DeleteResult>;
  readonly paths: Pick<Paths, 'contains'>;
  readonly settings: () => Settings;
  readonly clock: Clock;
}

/** What a cleanup is about. */
export interface CleanupScope {
  /** Any folder in the repository. */
  readonly folder: string;
  /** Folders in which whoever asks is at work: their worktrees stay. */
  readonly here: readonly string[];
  /** Environments alone: the worktrees stay, and so may what is in them. */
  readonly environmentOnly?: boolean;
  /** Nobody is asked: what is not known of the use of something is use of it. */
  readonly unattended?: boolean;
}
