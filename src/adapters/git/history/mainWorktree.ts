import { lstat, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isSameRealPath, platformPath } from '../files/paths';

/** Where to look for a repository's main worktree. */
export interface MainWorktreeClues {
  /** Its git directory, without links. */
  readonly commonDir: string;
  /** What `git worktree list` says: the git directory, without `/.git` at its end. */
  readonly listed: string;
  /** The top level that git tells of the folder which is asked about, when that is in the main worktree. */
  readonly topLevel: string | undefined;
  /** Where it was when the repository was recorded; asked last. */
  readonly recorded: () => Promise<string | undefined>;
}

/**
 * The top level of the main worktree. Git derives it from where its directory lies, which is wrong when `.git` is a link or a file
 * that names another place; and a linked worktree knows nothing of it. So it is where a `.git` leads to that directory.
 */
export async function mainWorktree({ commonDir, listed, topLevel, recorded }: MainWorktreeClues): Promise<string> {
  if (topLevel !== undefined) return (await isSameRealPath(topLevel, listed)) ? listed : topLevel;
  for (const folder of [listed, dirname(commonDir)]) if (await leadsTo(folder, commonDir)) return folder;
  const last = await recorded();
  return last !== undefined && (await leadsTo(last, commonDir)) ? last : listed;
}

/** Whether the `.git` of a folder is, links to, or names a git directory. Never rejects. */
async function leadsTo(folder: string, gitDir: string): Promise<boolean> {
  const path = join(folder, '.git');
  try {
    if (!(await lstat(path)).isFile()) return await isSameRealPath(path, gitDir);
    const named = /^gitdir: (.*?)\r?\n?$/s.exec(await readFile(path, 'utf8'))?.[1];
    return named !== undefined && (await isSameRealPath(resolve(folder, platformPath(named)), gitDir));
  } catch {
    return false;
  }
}
