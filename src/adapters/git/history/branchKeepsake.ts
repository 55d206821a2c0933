import { errorCode } from '@coppice/host/errorCode';
import { constants, copyFile, link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Repository } from '../../../core/model';
import { branchSettings } from './branches';
import type { Git } from '../program/git';

/** What goes with a branch that is deleted, besides its commits. */
export interface BranchKeepsake {
  readonly settings: readonly (readonly [key: string, value: string])[];
}

/** Its reflog becomes a second name of the same file, which keeps it when the branch goes; a branch may have none. */
export async function keepBranch(
  git: Git,
  repository: Repository,
  branch: string,
  reflog: string,
): Promise<BranchKeepsake> {
  await linkOrCopy(reflogOf(repository, branch), reflog);
  return { settings: await branchSettings(git, repository, branch) };
}

/** Gives a branch its reflog again, unless it has one. */
export async function returnReflog(repository: Repository, branch: string, reflog: string): Promise<void> {
  const place = reflogOf(repository, branch);
  await mkdir(dirname(place), { recursive: true });
  await linkOrCopy(reflog, place);
}

function reflogOf({ commonDir }: Repository, branch: string): string {
  return join(commonDir, 'logs', 'refs', 'heads', ...branch.split('/'));
}

/** Nothing where there is nothing, or something in its place. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'EEXIST') return;
    // A file system without links.
    await copyFile(from, to, constants.COPYFILE_EXCL).catch((copying: unknown) => {
      if (errorCode(copying) !== 'EEXIST') throw copying;
    });
  }
}
