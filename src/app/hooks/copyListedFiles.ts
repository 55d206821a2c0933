import { isAbort, toAppError } from '../../core/errors';
import type { Locks } from '../../core/ports/host';
import { includeFile, type SelectedFiles, type WorktreeFiles } from '../../core/ports/worktreeFiles';
import type { UseCase } from '../run/run';
import { deleteLock, withPatientLock } from '../run/withLock';
import { worktreeAt, type WorktreeAtPorts } from '../worktrees/worktreeAt';

export interface CopyListedPorts extends WorktreeAtPorts {
  readonly worktreeFiles: Pick<WorktreeFiles, 'select' | 'copy'>;
  readonly locks: Locks;
}

/**
 * What `.worktreeinclude` lists, for a worktree that is to have no environment: the tool itself would copy it, did it not leave its
 * worktrees to a hook. Two hooks for one worktree do so one after the other.
 *
 * @returns what was not copied since it failed: a sentence each
 * @throws invalidInput for what leads out of the worktree
 */
export function copyListedFiles(ports: CopyListedPorts): UseCase<{ readonly folder: string }, readonly string[]> {
  return async ({ folder }, { signal }) => {
    const first = await worktreeAt(ports, folder, signal);
    if (first.worktree.isMain) return [];
    const what = `files are being copied into ${first.worktree.path}`;
    return withPatientLock(
      ports.locks,
      deleteLock(first.worktree),
      what,
      signal,
      () => undefined,
      async () => {
        // Whoever held the lock may have removed it.
        const { worktree, repository } = await worktreeAt(ports, folder, signal);
        const include = await ports.worktrees.fileAt(repository, worktree.head, includeFile, signal);
        const selected = await ports.worktreeFiles.select(repository, { copy: [], include, globs: [] }, signal);
        const copy = (files: SelectedFiles) => ports.worktreeFiles.copy(repository, worktree, files, new Map(), signal);
        if ((await failureOf(copy(selected), signal)) === undefined) return [];
        // One that cannot be read keeps back none of the others.
        const failures: string[] = [];
        for (const each of eachOf(selected)) {
          const failure = await failureOf(copy(each), signal);
          if (failure !== undefined) failures.push(failure);
        }
        return failures;
      },
    );
  };
}

async function failureOf(work: Promise<unknown>, signal: AbortSignal): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (signal.aborted || isAbort(error)) throw error;
    return toAppError(error).message;
  }
}

function eachOf({ hooks, paths }: SelectedFiles): SelectedFiles[] {
  const none = { hooks: [], paths: [], left: [] };
  return [...hooks.map((each) => ({ ...none, hooks: [each] })), ...paths.map((each) => ({ ...none, paths: [each] }))];
}
