import { access, copyFile, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../../../core/model';
import { temporaryFolder } from '../../exec/temporaryFolder';
import type { Git } from '../program/git';

/*
 * Git can keep refs and their logs in tables (reftable, git 2.45 and newer) in place of files: then nobody but git reads them. That counts for
 * the refs that a worktree has for itself as well, among them those without a folder, such as MERGE_AUTOSTASH.
 */

/**
 * Whether only git reads the refs and logs of a git directory: they are in tables, or where extensions.refStorage leads (git 2.54 and newer).
 * Its HEAD is none then that tells anything.
 */
export async function hasRefTables(gitDir: string): Promise<boolean> {
  if (await isThere(join(gitDir, 'reftable'))) return true;
  const head = await readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => '');
  return head.trim() === 'ref: refs/heads/.invalid';
}

/**
 * What refs without a folder (`HEAD`, `ORIG_HEAD`) lead to in a git directory, by one process of git. Those that are not there are left out.
 *
 * @returns ids by name
 */
export async function rootRefs(
  git: Git,
  gitDir: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  // Neither fetched where a partial clone has them not.
  const env = { GIT_DIR: gitDir, GIT_NO_LAZY_FETCH: '1' };
  const input = names.map((name) => `${name}\n`).join('');
  const output = await git.try(gitDir, ['cat-file', '--batch-check'], { trust: 'read', signal, env, input });
  const found = new Map<string, string>();
  // It answers line by line, of what is not there with the name.
  for (const [index, line] of (output ?? '').split('\n').entries()) {
    const [, id] = /^([0-9a-f]{40,64}) \w+ \d+$/.exec(line) ?? [];
    const name = names[index];
    if (id !== undefined && name !== undefined) found.set(name, id);
  }
  return found;
}

/**
 * Gives a git directory with the tables of a registration that lies elsewhere by now: the way from that to its repository is a relative path,
 * by which git finds no tables.
 */
export async function withMovedTables<T>(
  { commonDir }: Pick<Repository, 'commonDir'>,
  registration: string,
  use: (gitDir: string) => Promise<T>,
): Promise<T> {
  const gitDir = await temporaryFolder('tables');
  try {
    await copyFile(join(registration, 'HEAD'), join(gitDir, 'HEAD'));
    await writeFile(join(gitDir, 'commondir'), `${commonDir}\n`);
    await symlink(join(registration, 'reftable'), join(gitDir, 'reftable'), 'junction');
    return await use(gitDir);
  } finally {
    // The link goes, and what it leads to stays.
    await rm(gitDir, { recursive: true, force: true });
  }
}

/** The log of a ref as git writes it into a file, oldest line first; '' where there is none, or git cannot tell it. */
export async function logInTables(git: Git, gitDir: string, ref: string, signal?: AbortSignal): Promise<string> {
  // What leads to each is not told: it is where the one before has led.
  const format = '--format=%H%x00%gn <%ge>%x00%gD%x00%gs';
  const argv = ['log', '--walk-reflogs', '--date=raw', format, ref, '--'];
  const output = await git.try(gitDir, argv, { trust: 'check', signal, env: { GIT_DIR: gitDir } });
  let from: string | undefined;
  const lines = (output ?? '')
    .split('\n')
    .toReversed()
    .flatMap((line) => {
      const [to = '', who = '', at = '', said = ''] = line.split('\0');
      const [, time] = /@\{(\d+ [-+]\d{4})\}$/.exec(at) ?? [];
      if (to === '' || time === undefined) return [];
      const told = `${from ?? '0'.repeat(to.length)} ${to} ${who} ${time}\t${said}\n`;
      from = to;
      return [told];
    });
  return lines.join('');
}

/** What a log's line says. */
export interface LoggedMove {
  readonly from: string;
  readonly to: string;
  /** `name <address>`; '' where it cannot be understood. */
  readonly who: string;
  /** Seconds and time zone; '' likewise. */
  readonly at: string;
  /** What git wrote of it: pinned by tests, as git translates none of it. */
  readonly said: string;
}

/** Oldest first; lines without two ids are passed over. */
export function parseLog(text: string): LoggedMove[] {
  return text.split('\n').flatMap((line): LoggedMove[] => {
    const [ids, from, to] = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) /.exec(line) ?? [];
    if (ids === undefined || from === undefined || to === undefined) return [];
    const tab = line.indexOf('\t');
    const signed = line.slice(ids.length, tab < 0 ? undefined : tab);
    const [, who = '', at = ''] = /^(.*>) (\d+ [-+]\d{4})$/.exec(signed) ?? [];
    return [{ from, to, who, at, said: tab < 0 ? '' : line.slice(tab + 1) }];
  });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
