import type { Stats } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors';
import type { FolderProgram } from '../../../core/ports/folderPrograms';
import { fileHolders } from '../../exec/fileHolders';
import { HostFolderPrograms } from '../../exec/hostFolderPrograms';

const locks = ['index.lock', 'HEAD.lock'];

/**
 * Takes away what a git of ours has locked that was killed. A lock is taken for that one's if it is this user's, not older than what that
 * git was begun with, open in no program (those that use libgit2 hold theirs so), and no git works there.
 *
 * @param folder the worktree's
 * @param begun files; the first that is there was written right before that git was started
 * @throws conflict with whose it may be, and what to do then
 */
export async function removeLeftLocks(gitDir: string, folder: string, ...begun: readonly string[]): Promise<void> {
  for (const name of locks) {
    const path = join(gitDir, name);
    const lock = await lookAt(path);
    if (!lock) continue;
    const whose = await whoseElse(path, lock, { gitDir, folder, begun });
    if (whose !== undefined) throw refused(folder, path, whose);
    const now = await lookAt(path);
    if (now && (now.ino !== lock.ino || now.mtimeMs !== lock.mtimeMs)) throw refused(folder, path, 'it is new');
    try {
      await rm(path, { force: true });
    } catch (error) {
      throw refused(folder, path, 'it cannot be taken away', error);
    }
  }
}

async function whoseElse(
  path: string,
  lock: Stats,
  { gitDir, folder, begun }: { readonly gitDir: string; readonly folder: string; readonly begun: readonly string[] },
): Promise<string | undefined> {
  const user = process.getuid?.();
  if (user !== undefined && lock.uid !== user) return `another user (${lock.uid}) has made it`;
  const times = await Promise.all(begun.map(lookAt));
  const since = times.find((each) => each !== undefined)?.mtimeMs ?? Infinity;
  if (lock.mtimeMs < since) return 'it is older than what was cut off there';
  const holders = await fileHolders(path);
  if (!holders) return 'it cannot be told which program has it open';
  if (holders.length > 0) return `${named(holders)} has it open`;
  const programs = await new HostFolderPrograms(process.env).in([folder, gitDir]);
  if (!programs) return 'it cannot be told whether a git works there';
  const gits = [...programs.values()].flat().filter((program) => program.name.startsWith('git'));
  return gits.length > 0 ? `${named(gits)} works there` : undefined;
}

function named(programs: readonly FolderProgram[]): string {
  return programs.map(({ name, pid }) => `${name} (process ${pid})`).join(', ');
}

function lookAt(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined);
}

function refused(folder: string, path: string, whose: string, cause?: unknown): AppError {
  return new AppError(
    'conflict',
    `Something of git was cut off in ${folder}, and cannot be put right: ${path} may be somebody else's lock, for ${whose}. Once nothing works there, delete that file and try again.`,
    { remedy: { title: 'Try Again', action: { kind: 'retry' } }, ...(cause === undefined ? {} : { cause }) },
  );
}
