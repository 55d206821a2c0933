import { errorCode } from '@coppice/host/errorCode';
import { constants, copyFile, link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Repository } from '../../../core/model';
import { branchSettings } from './branches';
import type { Git } from '../program/git';
import { hasRefTables, logInTables, parseLog } from './refTables';

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
  if (await hasRefTables(repository.commonDir)) {
    const text = await logInTables(git, repository.commonDir, `refs/heads/${branch}`);
    if (text !== '') await writeFile(reflog, text);
  } else await linkOrCopy(reflogOf(repository, branch), reflog);
  return { settings: await branchSettings(git, repository, branch) };
}

/** Gives a branch its reflog again, unless it has one. */
export async function returnReflog(git: Git, repository: Repository, branch: string, reflog: string): Promise<void> {
  if (await hasRefTables(repository.commonDir)) return writeLogAgain(git, repository, branch, reflog);
  const place = reflogOf(repository, branch);
  await mkdir(dirname(place), { recursive: true });
  await linkOrCopy(reflog, place);
}

/** Each line of a log in tables costs a process. */
const mostLines = 200;

/** Into tables only git writes, and that only since 2.51: with an older one the branch is back without its log. */
async function writeLogAgain(git: Git, repository: Repository, branch: string, reflog: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const moves = parseLog(await readFile(reflog, 'utf8').catch(() => '')).slice(-mostLines);
  const there = parseLog(await logInTables(git, repository.commonDir, ref));
  // A try that was cut off is gone on with; another log is the branch's own by now.
  if (there.some(({ to, said }, index) => moves[index]?.to !== to || moves[index]?.said !== said)) return;
  for (const { from, to, who, at, said } of moves.slice(there.length)) {
    const [, name = '', address = ''] = /^(.*) <([^<>]*)>$/.exec(who) ?? [];
    const env = { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: address, GIT_COMMITTER_DATE: `@${at}` };
    const argv = ['reflog', 'write', ref, from, to, said];
    if ((await git.try(repository.root, argv, { trust: 'write', env })) === undefined) return;
  }
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
