import type { WorktreeEntry } from '../../core/model';
import type { FolderProgram } from '../../core/ports/folderPrograms';
import type { UiDependencies } from '../editor/dependencies';

/** Whoever asks for a delete sees nothing until the question is there. Milliseconds. */
const patienceMs = 2000;

export type ProgramsByPath = ReadonlyMap<string, readonly FolderProgram[]>;

/**
 * Who works in the folders that a delete would take, by the worktree's path: to be said before, as a delete ends none of them. None
 * where it cannot be told, or comes late: on macOS a disk that is away keeps lsof for long. Never rejects.
 */
export async function programsAtWork(
  environments: Pick<UiDependencies['environments'], 'programsIn'>,
  entries: readonly WorktreeEntry[],
): Promise<ProgramsByPath> {
  const folders = entries.filter(({ worktree }) => !worktree.isMain).map(({ worktree }) => worktree.path);
  const none: ProgramsByPath = new Map();
  if (folders.length === 0) return none;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<ProgramsByPath>((resolve) => (timer = setTimeout(() => resolve(none), patienceMs)));
  const told = await Promise.race([environments.programsIn(folders).catch(() => none), over]);
  clearTimeout(timer);
  return told;
}
