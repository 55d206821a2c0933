import { worktreeName } from '../../app/view/worktreeView';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { isSameOrInside } from './paths';
import { plainLine } from './text';

export function plainWorktreeName(entry: Pick<WorktreeEntry, 'worktree'>): string {
  return plainLine(worktreeName(entry));
}

/** The worktree that a folder belongs to: the innermost, as worktrees may lie inside one another. */
export function entryOfFolder(snapshot: Snapshot, folder: string): WorktreeEntry | undefined {
  return snapshot.entries
    .filter((entry) => isSameOrInside(folder, entry.worktree.path))
    .sort((a, b) => b.worktree.path.length - a.worktree.path.length)[0];
}

/** The worktree of the window: that of the first of its folders that is in one. */
export function windowEntry(snapshot: Snapshot, folders: readonly string[]): WorktreeEntry | undefined {
  for (const folder of folders) {
    const entry = entryOfFolder(snapshot, folder);
    if (entry) return entry;
  }
  return undefined;
}
