import { isAbort, toAppError } from '../../core/errors';
import type { FolderPrograms } from '../../core/ports/folderPrograms';
import type { Spare, Spares } from '../../core/ports/spares';

export interface SpareLook {
  /** What somebody has changed or put there, for a person; empty: nothing, or what its install has left so. */
  readonly work: readonly string[];
  /** Programs that work in it. */
  readonly programs: readonly string[];
  /** What git ignores in it now. */
  readonly ignored: readonly string[];
  /** Why it cannot be told. */
  readonly unknown?: string;
}

interface Ports {
  readonly spares: Pick<Spares, 'look' | 'fingerprint'>;
  readonly programs: FolderPrograms;
}

/** Whether somebody uses a spare. Reads only. @throws only the AbortError */
export async function lookAtSpare(ports: Ports, spare: Spare, signal: AbortSignal): Promise<SpareLook> {
  const { path, prunable } = spare.worktree;
  if (prunable !== undefined) return { work: [], programs: [], ignored: [] };
  try {
    const [{ work, ignored }, found] = await Promise.all([
      ports.spares.look(spare, signal),
      ports.programs.in([path], signal),
    ]);
    const { record } = spare;
    const isAsLeft =
      work.length > 0 && record?.left !== undefined && (await ports.spares.fingerprint(spare, signal)) === record.left;
    const known = record?.state === 'making' ? undefined : record?.ignored;
    const added = known ? ignored.filter((each) => !known.includes(each)) : [];
    const theirs = [...(isAsLeft ? [] : work), ...added];
    if (!found)
      return { work: theirs, programs: [], ignored, unknown: 'it cannot be told whether a program works in it' };
    const programs = [...found.values()].flat().map(({ name, pid }) => `${name} (${pid})`);
    return { work: theirs, programs, ignored };
  } catch (error) {
    if (signal.aborted || isAbort(error)) throw error;
    return { work: [], programs: [], ignored: [], unknown: toAppError(error).message };
  }
}

/** Nobody has done anything in it, and nobody is about to. */
export function isUntouched({ work, programs, unknown }: SpareLook): boolean {
  return work.length === 0 && programs.length === 0 && unknown === undefined;
}
