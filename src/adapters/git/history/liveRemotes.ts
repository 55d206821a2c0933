import { errorCode } from '@coppice/host/errorCode';
import { access } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Git, GitOptions } from '../program/git';
import { liesWithin, isSameRealPath, platformPath } from '../files/paths';

/**
 * Where a repository notes what remotes have that may still have it, as patterns of `for-each-ref`. What is known of others leads nowhere:
 * one that was taken out of the settings, and one in a folder of this machine that is not there any more, or goes as well.
 *
 * @param going the folder that goes
 * @throws GitFailure when git cannot read it
 */
export async function refsOfLiveRemotes(
  git: Git,
  gitDir: string,
  going: string,
  options: GitOptions,
): Promise<string[]> {
  const asked = ['config', '--null', '--get-regexp', '^(core\\.worktree|remote\\..*\\.fetch)$'];
  const [remotes, said = ''] = await Promise.all([
    git.run(gitDir, ['remote', '--verbose'], options),
    // It ends with 1 where nothing is said.
    git.try(gitDir, asked, options),
  ]);
  const settings = said.split('\0').map((each) => {
    const end = each.indexOf('\n');
    return [each.slice(0, end), each.slice(end + 1)] as const;
  });
  const folder = settings.findLast(([key]) => key === 'core.worktree')?.[1];
  const base = folder === undefined ? folderOf(gitDir) : resolve(gitDir, platformPath(folder));
  const names = new Set<string>();
  // What is pushed is noted, too, and may go elsewhere than what is fetched comes from.
  for (const [, name = '', url = ''] of remotes.matchAll(/^([^\t\n]+)\t(.*) \((?:fetch|push)\)/gm))
    if (!names.has(name) && !(await isGone(base, url, going))) names.add(name);
  const refs = [...names].flatMap((name) => [
    `refs/remotes/${name}`,
    ...settings.filter(([key]) => key === `remote.${name}.fetch`).flatMap(([, refspec]) => notedAt(refspec)),
  ]);
  return [...new Set(refs)];
}

// Of `+refs/pull/*/head:refs/remotes/pull/*` the second half. What is fetched into branches is the repository's own by then.
function notedAt(refspec: string): string[] {
  const [, ref] = /:(refs\/remotes\/.+?)(?:\/\*)?$/.exec(refspec) ?? [];
  return ref === undefined ? [] : [ref];
}

function folderOf(gitDir: string): string {
  return basename(gitDir) === '.git' ? dirname(gitDir) : gitDir;
}

async function isGone(base: string, url: string, going: string): Promise<boolean> {
  const path = localPath(url);
  if (path === undefined) return false;
  const place = resolve(base, path);
  // That of the folder itself is in the repository that stays.
  if (basename(place) !== '.git' || !(await isSameRealPath(dirname(place), going)))
    if (await liesWithin(place, going)) return true;
  for (const each of [place, `${place}.git`, `${place}.bundle`]) if (await mayBeThere(each)) return false;
  return true;
}

/** Also where one may not look. */
function mayBeThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: unknown) => errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR',
  );
}

/** As git tells a folder from what it reaches otherwise; undefined: it is none. */
function localPath(url: string): string | undefined {
  if (url.startsWith('file://')) return URL.canParse(url) ? toPath(url) : undefined;
  if (process.platform === 'win32' && /^[A-Za-z]:/.test(url)) return url;
  const [beforeColon = '', ...rest] = url.split(':');
  return rest.length === 0 || beforeColon.includes('/') ? url : undefined;
}

function toPath(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    // It names another machine.
    return undefined;
  }
}
