import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Where PATH has a program, as an absolute path; undefined when nowhere. A name with a separator is not looked up.
 * Relative folders on PATH (and on Windows the current folder) are passed over: a repository must not be able to put its
 * own `git` in front of the real one. Never rejects.
 *
 * @param isAllowed what it says no to is passed over
 */
export async function findExecutable(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  isAllowed: (path: string) => Promise<boolean> = async () => true,
): Promise<string | undefined> {
  if (name === '' || /[\\/]/.test(name)) return undefined;
  const isWindows = process.platform === 'win32';
  const folders = (variable(env, 'PATH', isWindows) ?? '')
    .split(delimiter)
    .map((folder) => (isWindows ? folder.replace(/^"(.*)"$/, '$1') : folder))
    .filter((folder) => isAbsolute(folder));
  const endings = isWindows ? windowsEndings(name, variable(env, 'PATHEXT', true)) : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = join(folder, name + ending);
      if ((await isExecutableFile(candidate)) && (await isAllowed(candidate))) return candidate;
    }
  }
  return undefined;
}

/** The endings to try; a name that has one of them is tried as it is first. */
export function windowsEndings(name: string, pathext: string | undefined): string[] {
  const endings = (pathext || '.COM;.EXE;.BAT;.CMD').split(';').filter((ending) => ending.startsWith('.'));
  const hasEnding = endings.some((ending) => name.toLowerCase().endsWith(ending.toLowerCase()));
  return hasEnding ? ['', ...endings] : endings;
}

/** Windows does not tell `Path` from `PATH`; a copy of its environment does. */
function variable(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  ignoreCase: boolean,
): string | undefined {
  if (env[name] !== undefined || !ignoreCase) return env[name];
  const key = Object.keys(env).find((candidate) => candidate.toUpperCase() === name);
  return key === undefined ? undefined : env[key];
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
