import type { Snapshot, WorktreeEntry } from '../../core/model';
import { worktreeState } from './worktreeState';

/**
 * Whether a create is what a worktree is offered: it has no environment, or making it was cut off, also where that has claimed the
 * namespace already. Any other one is offered an update.
 */
export function needsCreate(entry: WorktreeEntry, snapshot: Pick<Snapshot, 'cluster'>): boolean {
  return entry.environment === undefined || worktreeState(entry, snapshot).state === 'createCutOff';
}
