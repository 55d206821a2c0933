import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from '../../../core/model';
import type { Git } from '../program/git';
import { hasRefTables } from './refTables';
import { Reflogs } from './reflogs';

/**
 * Commits that a worktree's own git directory alone may lead to: at which a detached HEAD was left, newest first, also for a branch
 * without any commit, and those of refs that are the worktree's own. What was amended, rebased or reset away was replaced on purpose.
 *
 * @returns ids: that of HEAD may be among them, and those of commits that are not there any more
 */
export async function leftHeads(
  git: Git,
  { gitDir }: Pick<Worktree, 'gitDir'>,
  signal?: AbortSignal,
): Promise<string[]> {
  const hasTables = await hasRefTables(gitDir);
  const left = (await new Reflogs(git, gitDir, hasTables, signal).left()).reverse();
  const isLookedAt = hasTables || (await Promise.all(ownPlaces(gitDir).map(isThere))).includes(true);
  return [...new Set([...left, ...(isLookedAt ? await ownRefs(git, gitDir, signal) : [])])];
}

/** What each worktree has for itself (git-worktree(1)); refs of a rebase are of its making. */
const ownNamespaces = ['refs/worktree', 'refs/bisect'];

const ownPlaces = (gitDir: string): string[] => ownNamespaces.map((name) => join(gitDir, name));

async function ownRefs(git: Git, gitDir: string, signal?: AbortSignal): Promise<string[]> {
  const format = '--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname)';
  const argv = ['for-each-ref', format, '--', ...ownNamespaces];
  const output = await git.try(gitDir, argv, { trust: 'read', signal, env: { GIT_DIR: gitDir } });
  return [...(output ?? '').matchAll(/\bcommit ([0-9a-f]{40,64})\b/g)].map(([, id = '']) => id);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
