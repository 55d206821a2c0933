import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Worktree } from '../../../core/model';

/** What git writes at a commit, a checkout, a stage, a pull. */
const gitFiles = ['HEAD', 'index', 'logs/HEAD', 'FETCH_HEAD', 'COMMIT_EDITMSG'];
/** Whoever has more of them has just made them: nobody waits for all to be looked at. */
const mostEntries = 20_000;

type Changed = Pick<Worktree, 'path' | 'gitDir'>;

/**
 * The latest time that a worktree's changed files and its own git directory tell. Milliseconds since the epoch. A file's content and its
 * place both count: what was unpacked or moved there may have old times of its own.
 *
 * @param changed as git lists them: folders end in a slash
 */
export function lastChange(worktree: Changed, changed: readonly string[], signal?: AbortSignal): Promise<number> {
  return latestOf(worktree, gitFiles, changed, signal);
}

/** The same of its files alone, and of the commit that they are at: what only fetches and stages is no edit. */
export function lastEdit(worktree: Changed, changed: readonly string[], signal?: AbortSignal): Promise<number> {
  return latestOf(worktree, ['logs/HEAD'], changed, signal);
}

async function latestOf(
  { path, gitDir }: Changed,
  ofGit: readonly string[],
  changed: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number> {
  let latest = 0;
  let left = mostEntries;
  const look = async (file: string): Promise<boolean> => {
    signal?.throwIfAborted();
    if (left-- <= 0) return true;
    const found = await lstat(file).catch(() => undefined);
    if (found) latest = Math.max(latest, found.mtimeMs, found.ctimeMs);
    return found !== undefined;
  };
  for (const name of ofGit) await look(join(gitDir, name));
  for (const name of changed) {
    const file = join(path, name);
    const isThere = await look(file);
    // Of one that was deleted its folder tells.
    if (!name.endsWith('/')) {
      if (!isThere) await look(dirname(file));
    } else for (const inner of await readdir(file, { recursive: true }).catch(() => [])) await look(join(file, inner));
  }
  return left > 0 ? latest : Date.now();
}
