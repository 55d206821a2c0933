import { errorCode } from '@coppice/host/errorCode';
import { constants, copyFile, link, lstat, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { AppError } from '../../../core/errors';

/*
 * A program may go on in a folder whose worktree was deleted, and git gives the name that its `.git` leads to, to the next worktree
 * whose folder is called so: what is committed in the old folder would land on the new one's branch. So `.git` is taken out of it, and
 * one that leads nowhere is put in its place: without one git would go up to the repository that the folder lies in.
 */

/**
 * Done twice, also at the same time, it is as done once. Never rejects: a folder that cannot be changed is as it was.
 *
 * @param kept where its own `.git` is from now on
 * @param closed what is put in its place, before it is there: git names this path to whoever runs it in the folder
 */
export async function closeGitFile(folder: string, kept: string, closed: string): Promise<void> {
  const file = join(folder, '.git');
  try {
    if (!(await lstat(file)).isFile()) return;
    await keepOnce(file, kept);
    const text = `gitdir: ${closed.replaceAll('\\', '/')}\n`;
    if ((await readFile(file, 'utf8')) === text) return;
    await writeFile(closed, text);
    await rename(closed, file);
  } catch {
    // The next sweep tries it again.
  }
}

/** Never what was kept before: by then the one in the folder leads nowhere. */
async function keepOnce(file: string, kept: string): Promise<void> {
  try {
    await link(file, kept);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    // There are file systems without links.
    await copyFile(file, kept, constants.COPYFILE_EXCL);
  }
}

/** @throws conflict when what is its `.git` now cannot be replaced: somebody has made a repository of the folder */
export async function refuseRepository(folder: string): Promise<void> {
  const file = join(folder, '.git');
  const isRepository = await lstat(file).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
  if (!isRepository) return;
  throw new AppError('conflict', `${file} is a repository by now. Move it away, and undo the delete then.`);
}

/**
 * Puts `.git` back into a folder that is in its place again.
 *
 * @param gitDir where it is to lead, where that is not where it has led
 */
export async function openGitFile(folder: string, kept: string, gitDir: string | undefined): Promise<void> {
  const file = join(folder, '.git');
  const isKept = await lstat(kept).then(
    (stat) => stat.isFile(),
    () => false,
  );
  if (gitDir !== undefined) await pointTo(isKept ? kept : file, folder, gitDir);
  if (isKept) await rename(kept, file);
}

/** In the form that it had: absolute, or relative to the folder. */
async function pointTo(file: string, folder: string, gitDir: string): Promise<void> {
  const isRelative = /^gitdir: \./.test(await readFile(file, 'utf8'));
  const target = isRelative ? relative(folder, gitDir) : gitDir;
  await writeFile(file, `gitdir: ${target.replaceAll('\\', '/')}\n`);
}
