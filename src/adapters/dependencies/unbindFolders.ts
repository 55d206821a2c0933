import { lstat, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import type { DependencyProject } from '../../core/dependencies/dependencyProject';
import { leftOutOf, type StaysBehind } from '../../core/dependencies/leftOutOf';
import { foldersOf } from './foldersOf';
import { longestShim, unboundShim } from './unboundShim';

/** Where package managers put the programs of packages. */
const programFolder = '.bin';

interface Unbinding {
  /** The worktree's folder. */
  readonly root: string;
  /** All paths by which it may be called. */
  readonly roots: readonly string[];
  readonly leftOut: StaysBehind;
  readonly signal: AbortSignal;
}

/**
 * Takes what names the worktree's folder out of the folders of a project's dependencies: the rules are those of a clone, by the same table.
 * Where that cannot be done these folders go.
 *
 * @returns why they went: half a sentence
 * @throws the AbortError
 */
export async function unbindFolders(
  worktree: string,
  project: DependencyProject,
  signal: AbortSignal,
): Promise<string | undefined> {
  const roots = [...new Set([worktree, await realpath(worktree)])];
  // What is left out goes by its name alone: what is of the lockfile is for tools whose folder is not moved.
  const leftOut = leftOutOf(project.tool, '');
  const folders: string[] = [];
  for (const folder of await foldersOf(worktree, project))
    if (await isFolder(join(worktree, folder))) folders.push(folder);
  for (const folder of folders) {
    const bound = await boundIn({ root: worktree, roots, leftOut, signal }, folder, '');
    if (bound === undefined) continue;
    for (const each of [...folders].reverse())
      await rm(join(worktree, each), { recursive: true, force: true, maxRetries: 3 });
    return `${bound} names the folder that it was made in`;
  }
  return undefined;
}

/** @param inner relative to the folder @returns the first that stays bound, relative to the worktree */
async function boundIn(unbinding: Unbinding, folder: string, inner: string): Promise<string | undefined> {
  const { root, roots, leftOut, signal } = unbinding;
  signal.throwIfAborted();
  const at = inner === '' ? folder : `${folder}/${inner}`;
  for (const entry of await readdir(join(root, at), { withFileTypes: true })) {
    const below = inner === '' ? entry.name : `${inner}/${entry.name}`;
    const path = `${at}/${entry.name}`;
    if (leftOut(below, entry.isDirectory())) {
      await rm(join(root, path), { recursive: true, force: true, maxRetries: 3 });
    } else if (entry.isDirectory()) {
      const bound = await boundIn(unbinding, folder, below);
      if (bound !== undefined) return bound;
    } else if (entry.isSymbolicLink()) {
      const target = await readlink(join(root, path));
      if (isAbsolute(target) && roots.some((each) => `${resolve(target)}${sep}`.startsWith(each + sep))) return path;
    } else if (entry.isFile() && at.split('/').at(-1) === programFolder && !(await isUnbound(root, roots, path))) {
      return path;
    }
  }
  return undefined;
}

async function isUnbound(root: string, roots: readonly string[], path: string): Promise<boolean> {
  const file = join(root, path);
  const { size, mode, nlink } = await lstat(file);
  if (size > longestShim) return true;
  const text = await readFile(file, 'utf8');
  if (!roots.some((each) => text.includes(each))) return true;
  const said = unboundShim(text, path, roots);
  // With another name it is in the store of the package manager, too.
  if (said === undefined || nlink > 1) return false;
  await writeFileAtomically(file, said, mode & 0o777);
  return true;
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
