import { access } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Git, GitOptions } from './git';

/**
 * Remotes of a repository that may still have what was pushed to them. What is known of others leads nowhere: one that was taken out of
 * the settings, and one in a folder of this machine that is not there any more.
 *
 * @throws GitFailure when git cannot read it
 */
export async function liveRemotes(git: Git, gitDir: string, options: GitOptions): Promise<string[]> {
  const names: string[] = [];
  for (const [, name = '', url = ''] of (await git.run(gitDir, ['remote', '--verbose'], options)).matchAll(
    /^([^\t\n]+)\t(.*) \(fetch\)/gm,
  ))
    if (!(await isGone(gitDir, url))) names.push(name);
  return names;
}

async function isGone(gitDir: string, url: string): Promise<boolean> {
  const path = localPath(url);
  if (path === undefined) return false;
  const place = resolve(basename(gitDir) === '.git' ? dirname(gitDir) : gitDir, path);
  for (const each of [place, `${place}.git`, `${place}.bundle`])
    if (
      await access(each).then(
        () => true,
        () => false,
      )
    )
      return false;
  return true;
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
