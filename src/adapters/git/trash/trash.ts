import { errorCode } from '@coppice/host/errorCode';
import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../core/errors';
import type { LeftFolder, Repository, Worktree } from '../../../core/model';
import { gitDirOf } from '../work/innerRepositories';
import { leadsTo } from '../files/leadsTo';
import { folderState } from '../files/paths';
import {
  decidedSuffix,
  emptiedIn,
  isTrashName,
  namesInTrash,
  newTrashId,
  takenAt,
  trashFolder,
  undecidedIn,
  type InTrash,
} from './trashEntry';

/*
 * How folders come into the trash (`trashEntry`) and out of it for good. A folder is moved whole or not at all; whose
 * it is says its `.git` file, so that a removal that was cut off can be taken back.
 */

const abandonedMs = 3600 * 1000;

/** @returns where the folder is now; undefined when there was none @throws conflict when it cannot be moved: nothing happened then */
export async function moveAway(repository: Repository, folder: string): Promise<string | undefined> {
  if ((await folderState(folder)) === 'absent') return undefined;
  const name = newTrashId();
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

/** Whether a folder lies on the disk that the trash lies on: it is to be told before anybody decides. */
export async function canBeMovedToTrash(
  { commonDir }: Pick<Repository, 'commonDir'>,
  folder: string,
): Promise<boolean> {
  const [one, other] = await Promise.all([commonDir, folder].map((path) => lstat(path, { bigint: true })));
  return one?.dev === other?.dev;
}

/**
 * Where a removal that was cut off left the folder of a worktree. Git gives the name of a registration that was pruned to the
 * next worktree: of several folders that name it, the one that was set aside last is the present one's.
 */
export async function findInTrash(
  repository: Pick<Repository, 'commonDir'>,
  worktree: Pick<Worktree, 'path' | 'gitDir'>,
): Promise<string | undefined> {
  const { path, gitDir } = worktree;
  const beside = (await names(dirname(path))).filter(
    (name) => name.startsWith(`.${basename(path)}.`) && name.endsWith(besideSuffix),
  );
  const candidates = [...(await undecidedIn(repository)), ...beside.map((name) => join(dirname(path), name))];
  for (const candidate of candidates.sort((one, other) => takenAt(other) - takenAt(one))) {
    // A relative path in its `.git` is of where it was (git's worktree.useRelativePaths).
    if (await leadsTo(candidate, gitDir, true)) return candidate;
  }
  return undefined;
}

/** Those that are neither decided about nor what a listed worktree would be put back from. Never rejects. */
export async function leftInTrash(
  repository: Pick<Repository, 'commonDir'>,
  worktrees: readonly Pick<Worktree, 'setAside'>[],
): Promise<LeftFolder[]> {
  const claimed = new Set(worktrees.map(({ setAside }) => setAside));
  const left = (await undecidedIn(repository)).filter((folder) => !claimed.has(folder));
  return Promise.all(
    left.map(async (folder) => ({
      folder,
      name: basename((await gitDirOf(folder).catch(() => undefined)) ?? folder),
    })),
  );
}

/**
 * Deletes a folder of the trash that nobody can want back; links are removed, never followed.
 *
 * @returns what could not be deleted and where it lies, for a person; undefined: nothing
 */
export async function deleteFolder(folder: string): Promise<string | undefined> {
  return deleteDecided(await markDecided(folder));
}

/** The same of one that is decided about. */
export async function deleteDecided(decided: string): Promise<string | undefined> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };
  try {
    await rm(decided, options);
    return undefined;
  } catch {
    // Module caches of Go and the like make folders that nobody may write into.
    await makeWritable(decided);
  }
  try {
    await rm(decided, options);
    return undefined;
  } catch (error) {
    return `what could not be deleted (${errorCode(error) ?? 'unknown'}) lies in ${decided}`;
  }
}

/** From now on whoever sweeps may delete it: a removal that is cut off before this has decided nothing. */
async function markDecided(folder: string): Promise<string> {
  const decided = `${folder}${decidedSuffix}`;
  return rename(folder, decided).then(
    () => decided,
    () => folder,
  );
}

/**
 * Deletes what an earlier removal left of a folder when it was cut off. Another process may be at it, which goes on. A folder
 * that was only set aside stays, also where git knows nothing of its worktree any more: that may be all that is left of somebody's work.
 */
export async function sweepDecided(repository: Repository): Promise<void> {
  // What was given up before its time has refs that go first (`sweepDeleted`).
  const emptied = new Set((await emptiedIn(repository)).map((entry) => entry.emptied));
  for (const folder of await decidedIn(repository)) {
    if (!emptied.has(folder) && Date.now() - takenAt(folder) >= abandonedMs)
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** What may go, and is not gone yet. */
export async function decidedIn(repository: InTrash): Promise<string[]> {
  const names = (await namesInTrash(repository)).filter((name) => isTrashName(name) && name.endsWith(decidedSuffix));
  return names.map((name) => join(trashFolder(repository), name));
}

const besideSuffix = '.coppice-trash';

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
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

export function inUse(folder: string, cause: unknown): AppError {
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
