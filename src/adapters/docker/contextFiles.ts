import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors';
import type { DockerIgnore } from './dockerIgnore';

export type ContextEntry = {
  /** Relative to the context, with `/` between its parts. */
  readonly path: string;
  /** Permissions only. */
  readonly mode: number;
} & (
  | { readonly kind: 'file'; readonly size: number }
  | { readonly kind: 'folder' }
  /** Never followed: a build gets the link. */
  | { readonly kind: 'link'; readonly target: string }
  /** A socket, a pipe or a device: it has no content that a build could see. */
  | { readonly kind: 'other' }
);

/** Where Windows has no permissions, Docker gives every file these. */
const windowsMode = 0o755;

/**
 * All that a build of this folder gets to see, folder by folder in the order of names: only one folder's names are in
 * memory at a time, and those of the folders around it. Git's own folder is passed over: it differs in every worktree.
 *
 * @throws denied for a folder that cannot be read, naming it
 */
export async function* contextFiles(
  context: string,
  ignore: DockerIgnore,
  signal: AbortSignal | undefined,
  folder = '',
): AsyncGenerator<ContextEntry, void> {
  const names = await asked(folder, () => readdir(join(context, folder)));
  // Not in the order of any language: the same on every machine.
  names.sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    signal?.throwIfAborted();
    if (name === '.git') continue;
    const path = folder === '' ? name : `${folder}/${name}`;
    const isIgnored = ignore.ignores(path);
    if (isIgnored && !ignore.mayKeepBelow(path)) continue;
    const full = join(context, path);
    const found = await asked(path, () => lstat(full));
    const mode = process.platform === 'win32' ? windowsMode : found.mode & 0o7777;
    if (found.isDirectory()) {
      if (!isIgnored) yield { path, mode, kind: 'folder' };
      yield* contextFiles(context, ignore, signal, path);
    } else if (isIgnored) continue;
    else if (found.isSymbolicLink()) {
      const target = await asked(path, () => readlink(full));
      // A link has no permissions of its own everywhere.
      yield { path, mode: 0o777, kind: 'link', target: target.replaceAll('\\', '/') };
    } else if (found.isFile()) yield { path, mode, kind: 'file', size: found.size };
    else yield { path, mode, kind: 'other' };
  }
}

/** Runs what reads a path of the context, and says which one it was when it fails. */
export async function asked<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
    const shown = JSON.stringify(path === '' ? '.' : path);
    if (error.code === 'EACCES' || error.code === 'EPERM') {
      throw new AppError('denied', `${shown} cannot be read: let this user read it, or name it in .dockerignore.`, {
        cause: error,
      });
    }
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP') {
      throw new AppError('conflict', `${shown} changed while it was read.`, {
        remedy: { title: 'Try Again', action: { kind: 'retry' } },
        cause: error,
      });
    }
    throw new AppError('failed', `${shown} cannot be read (${error.code}).`, { cause: error });
  }
}
