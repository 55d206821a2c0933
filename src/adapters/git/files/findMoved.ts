import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Repository, Worktree } from '../../../core/model';
import { leadsTo } from './leadsTo';

/** Nobody waits longer than moments for it. */
const maxFolders = 1500;

/**
 * Where a worktree's folder is now that was moved without git (`mv`): git only sees that it is gone from its place. Looks around
 * that place, around the repository and in the home folder, not in the whole machine.
 *
 * @returns undefined when it is not found: it was deleted, or lies far away
 */
export async function findMoved(
  repository: Repository,
  { path, gitDir }: Pick<Worktree, 'path' | 'gitDir'>,
): Promise<string | undefined> {
  const seen = new Set<string>();
  const near = [dirname(path), dirname(repository.root), dirname(dirname(path)), repository.root];
  let level = [...new Set([...near, homedir()])];
  for (let depth = 0; depth < 3 && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (seen.has(folder)) continue;
      if (seen.size >= maxFolders) return undefined;
      seen.add(folder);
      const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
      const own = entries.find(({ name }) => name === '.git');
      if (own?.isFile() && (await leadsTo(folder, gitDir, true))) return folder;
      // The files of a repository are no place for a worktree, but the repository's own are.
      const isOthers = own !== undefined && folder !== repository.root;
      if (isOthers || depth === 2) continue;
      for (const entry of entries) {
        const isPlace = entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git';
        if (isPlace) next.push(join(folder, entry.name));
      }
    }
    level = next;
  }
  return undefined;
}
