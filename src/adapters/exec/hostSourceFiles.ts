import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFiles } from '../../core/ports/sourceFiles';
import { isWithinAny } from './isWithinAny';

export class HostSourceFiles implements SourceFiles {
  async find(folder: string, files: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
    const root = await realpath(folder).catch(() => undefined);
    if (root === undefined) return undefined;
    for (const file of files) {
      signal?.throwIfAborted();
      const real = await realPath(root, file);
      // What links lead out of the worktree is another's.
      if (
        real !== undefined &&
        (await isWithinAny([root], real)) &&
        (await stat(real).catch(() => undefined))?.isFile()
      )
        return real;
    }
    return undefined;
  }
}

async function realPath(root: string, file: string): Promise<string | undefined> {
  try {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    // Where another machine's files begin is no place to look at.
    if (/^[\\/]{2}/.test(path)) return undefined;
    return await realpath(resolve(root, path));
  } catch {
    return undefined;
  }
}
