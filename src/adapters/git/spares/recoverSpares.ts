import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseCheckoutMark } from '../../../core/worktrees/checkoutMark';
import { toAppError } from '../../../core/errors';
import type { LeftClaim } from '../../../core/ports/worktrees';
import { parseSpareMark } from '../../../core/worktrees/spareMark';
import { gitFailed, type Git } from '../program/git';
import { hasRefTables } from '../history/refTables';
import { isHolderAlive } from '../locks/lockHolder';
import { platformPath } from '../files/paths';
import { forgetSpare, readSpare } from '../records/spareFiles';
import { endStrayGit } from '../files/strayGit';
import { takeBackClaim } from './takeBackClaim';

/**
 * Takes back claims of spares that were killed before the branch was checked out. What is on a branch is the create's to go on with. And a
 * spare that somebody works in by now is theirs, without the lock. One that cannot be taken back now is by the next that tries: it keeps
 * nobody from the others.
 *
 * @returns those, each with why
 */
export async function recoverSpares(git: Git, commonDir: string): Promise<LeftClaim[]> {
  const parent = join(commonDir, 'worktrees');
  const left: LeftClaim[] = [];
  for (const name of await readdir(parent).catch(() => [])) {
    const gitDir = join(parent, name);
    try {
      await recover(git, gitDir);
    } catch (error) {
      const { code, message } = toAppError(gitFailed('A claim was not taken back', error));
      if (code === 'bug') throw error;
      const link = (await textOf(join(gitDir, 'gitdir')))?.trim();
      left.push({ folder: link === undefined ? gitDir : dirname(resolve(gitDir, platformPath(link))), why: message });
    }
  }
  return left;
}

async function recover(git: Git, gitDir: string): Promise<void> {
  const reason = await textOf(join(gitDir, 'locked'));
  const spare = parseSpareMark(reason);
  if (spare && isElsewhere(await textOf(join(gitDir, 'HEAD')), spare.commit)) {
    // It may be one that is being claimed since.
    if ((await textOf(join(gitDir, 'locked'))) !== reason) return;
    await forgetSpare({ gitDir });
    await rm(join(gitDir, 'locked'), { force: true });
  }
  const mark = parseCheckoutMark(reason);
  if (!mark || (await isHolderAlive(mark))) return;
  const record = await readSpare({ gitDir });
  if (!record) return;
  await endStrayGit(mark.id);
  if (await hasBranch(git, gitDir)) return;
  await takeBackClaim(git, gitDir, record, mark.id);
}

/** Also where that cannot be told. */
async function hasBranch(git: Git, gitDir: string): Promise<boolean> {
  if (!(await hasRefTables(gitDir))) return ((await textOf(join(gitDir, 'HEAD'))) ?? 'ref: ').startsWith('ref: ');
  const argv = ['rev-parse', '--symbolic-full-name', 'HEAD'];
  return (await git.try(gitDir, argv, { trust: 'read', env: { GIT_DIR: gitDir } }))?.trim() !== 'HEAD';
}

/** Where git keeps refs in tables (`extensions.refStorage`, git 2.45), this file leads nowhere and nothing can be told by it. */
function isElsewhere(head: string | undefined, commit: string): boolean {
  const text = head?.trim();
  return text !== commit && text !== 'ref: refs/heads/.invalid';
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
