import type { UseCase } from '../run/run';
import type { CleanedUp, CleanUpRequest } from './cleanUp';
import type { CleanupScope } from './cleanupPorts';
import type { Collected } from './collectUnused';
import type { CleanupList, ListCleanupRequest } from './listCleanup';

/** What nobody uses any more. */
export interface Cleanups {
  /** All worktrees, each with what it takes and why it stays. Starts and changes nothing. */
  readonly list: UseCase<ListCleanupRequest, CleanupList>;
  /** Removes those that a person said yes to and that nothing protects, as a delete does. */
  readonly remove: UseCase<CleanUpRequest, CleanedUp>;
  /** Gives notice of what goes by itself, and removes that after a day, where a person has switched it on. Looks once an hour. */
  readonly collect: UseCase<Pick<CleanupScope, 'folder' | 'here'>, Collected>;
  /** Counts worktrees as used now, by folders in them. */
  readonly keep: UseCase<{ readonly paths: readonly string[] }, void>;
}
