import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../core/errors';
import type { Repository, Worktree } from '../../core/model';
import { gitDirOf } from './innerRepositories';
import { errorCode, folderState, isSamePath, platformPath } from './paths';

/*
 * Where folders are between being taken out of their place and being deleted. A folder is moved whole or not at all; whose
 * it is says its `.git` file, so that a removal that was cut off can be taken back.
 */

const abandonedMs = 3600 * 1000;

/** @returns where the folder is now; undefined when there was none @throws conflict when it cannot be moved: nothing happened then */
export async function moveAway(repository: Repository, folder: string): Promise<string | undefined> {
  if ((await folderState(folder)) === 'absent') return undefined;
  const name = `${Date.now()}-${randomUUID()}`;
  const target = join(trashFolder(repository), name);
  try {
    await mkdir(trashFolder(repository), { recursive: true });
    await rename(folder, target);
    return target;
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw inUse(folder, error);
  }
  // On another file system than the repository: beside where it was.
  const beside = join(dirname(folder), `.${basename(folder)}.${name}${besideSuffix}`);
  try {
    await rename(folder, beside);
    return beside;
  } catch (error) {
    throw inUse(folder, error);
  }
}

/**
 * Where a removal that was cut off left the folder of a worktree. Git gives the name of a registration that was pruned to the
 * next worktree: of several folders that name it, the one that was set aside last is the present one's.
 */
export async function findInTrash(repository: Repository, worktree: Worktree): Promise<string | undefined> {
  const { path, gitDir } = worktree;
  const beside = (await names(dirname(path))).filter(
    (name) => name.startsWith(`.${basename(path)}.`) && name.endsWith(besideSuffix),
  );
  const candidates = [
    ...(await names(trashFolder(repository))).map((name) => join(trashFolder(repository), name)),
    ...beside.map((name) => join(dirname(path), name)),
  ];
  for (const candidate of candidates.sort((one, other) => takenAt(other) - takenAt(one))) {
    const own = await gitDirOf(candidate);
    if (own !== undefined && (await isSamePath(own, gitDir))) return candidate;
  }
  return undefined;
}

/** Deletes a folder of the trash; links are removed, never followed. @returns why not all of it could be */
export async function deleteFolder(folder: string): Promise<string | undefined> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };
  try {
    await rm(folder, options);
    return undefined;
  } catch {
    // Module caches of Go and the like make folders that nobody may write into.
    await makeWritable(folder);
  }
  try {
    await rm(folder, options);
    return undefined;
  } catch (error) {
    return errorCode(error) ?? 'unknown';
  }
}

/**
 * What an earlier removal that was cut off left behind. What is newer may be another process's, which goes on; what a worktree
 * is still registered for may be wanted back.
 */
export async function sweepTrash(repository: Repository): Promise<void> {
  const trash = trashFolder(repository);
  for (const name of await names(trash)) {
    if (Date.now() - Number.parseInt(name, 10) < abandonedMs) continue;
    const folder = join(trash, name);
    if (!(await isWanted(folder))) await deleteFolder(folder);
  }
}

const besideSuffix = '.coppice-trash';

function trashFolder(repository: Repository): string {
  return join(repository.commonDir, 'coppice-trash');
}

/** When it was set aside, by its name. */
function takenAt(folder: string): number {
  return Number(/(?:^|\.)(\d+)-[0-9a-f-]{36}(?:\.|$)/.exec(basename(folder))?.[1] ?? 0);
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** Whether the worktree of a folder is still registered, with nothing in its place. */
async function isWanted(folder: string): Promise<boolean> {
  const gitDir = await gitDirOf(folder);
  if (gitDir === undefined) return false;
  const text = await readFile(join(gitDir, 'gitdir'), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  return (await folderState(dirname(resolve(gitDir, platformPath(text.trim()))))) === 'absent';
}

/** Never rejects. */
async function makeWritable(folder: string): Promise<void> {
  try {
    const { mode } = await lstat(folder);
    if ((mode & 0o700) !== 0o700) await chmod(folder, mode | 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
    }
  } catch {
    // Somebody else's: what is left is told by where it lies.
  }
}

function inUse(folder: string, cause: unknown): AppError {
  const code = errorCode(cause) ?? 'unknown';
  return new AppError(
    'conflict',
    `${folder} cannot be removed now (${code}): a program uses it, something is mounted there, or you may not change it. It was left as it is.`,
    {
      cause,
      remedy: { title: 'Try Again', action: { kind: 'retry' } },
    },
  );
}
