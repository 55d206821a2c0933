import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';

export interface FileFacts {
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** More files than these are no empty server's. */
const mostFiles = 20_000;

/** Files, and what is none and no folder, by their path with `/`; what a server takes away meanwhile may be missing. */
export async function* filesIn(root: string): AsyncGenerator<readonly [path: string, file: FileFacts]> {
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    });
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) open.push(path);
      else yield [path, await factsOf(join(root, path))];
    }
  }
}

/** In doubt one is. */
export async function anyFile(root: string, matches: (path: string, file: FileFacts) => boolean): Promise<boolean> {
  let seen = 0;
  for await (const [path, file] of filesIn(root)) if (++seen > mostFiles || matches(path, file)) return true;
  return false;
}

async function factsOf(path: string): Promise<FileFacts> {
  return stat(path).then(
    ({ size, mtimeMs }) => ({ bytes: size, changedAt: mtimeMs }),
    () => ({ bytes: 0, changedAt: 0 }),
  );
}
