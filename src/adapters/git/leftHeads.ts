import { errorCode } from '@coppice/host/errorCode';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from '../../core/model';
import type { Git } from './git';
import { isNoCommit } from './parseWorktreeList';

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
  // Git keeps refs and logs in files, or in tables that only it reads.
  const hasTables = await isThere(join(gitDir, 'reftable'));
  const left = hasTables ? await leftInTables(git, gitDir, signal) : await leftInFile(join(gitDir, 'logs', 'HEAD'));
  const isLookedAt = hasTables || (await Promise.all(ownPlaces(gitDir).map(isThere))).includes(true);
  return [...new Set([...left, ...(isLookedAt ? await ownRefs(git, gitDir, signal) : [])])];
}

async function leftInFile(log: string): Promise<string[]> {
  const text = await readFile(log, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return '';
    throw error;
  });
  const left: string[] = [];
  let last: string | undefined;
  for (const line of text.split('\n')) {
    const [, from = '', to = ''] = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) /.exec(line) ?? [];
    if (to === '') continue;
    // A switch to a branch without a commit is not written down, the one from it is.
    if (isNoCommit(from) && last !== undefined) left.push(last);
    const [, moved] = leaving.exec(line) ?? [];
    if (moved !== undefined) left.push(moved);
    last = to;
  }
  return [...left, ...(last === undefined || isNoCommit(last) ? [] : [last])].reverse();
}

const leaving = /\tcheckout: moving from ([0-9a-f]{40,64}) to /;

async function leftInTables(git: Git, gitDir: string, signal?: AbortSignal): Promise<string[]> {
  const argv = ['log', '--walk-reflogs', '--format=%x09%gs', 'HEAD', '--'];
  const output = await git.try(gitDir, argv, { trust: 'check', signal, env: { GIT_DIR: gitDir } });
  return (output ?? '').split('\n').flatMap((line) => leaving.exec(line)?.[1] ?? []);
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
