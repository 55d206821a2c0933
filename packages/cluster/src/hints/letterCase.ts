import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FailedRun } from './failedRun';
import { pathInPod } from './pathInPod';

/** A file, or a module by its path: of packages nobody here knows where they lie. */
const missing =
  /Cannot find module ['"]((?:\.{0,2}\/|[A-Za-z]:|file:)[^'"\n]{1,300})['"]|Could not resolve ['"](\.{1,2}\/[^'"\n]{1,300})['"]|ENOENT: no such file or directory, \w{1,20} ['"]([^'"\n]{1,300})['"]|No such file or directory: ['"]([^'"\n]{1,300})['"]|No module named ['"]([\w.]{1,200})['"]/;
const endings = ['', '.js', '.ts', '.mjs', '.cjs', '.mts', '.cts', '.jsx', '.tsx', '.json', '.py'];

/** That what is missing is there under a name with other letters, which macOS and Windows take for the same. */
export async function letterCase({ folder, root, said }: FailedRun): Promise<string | undefined> {
  const match = missing.exec(said);
  const [, module, imported, opened, opening, python] = match ?? [];
  const name = module ?? imported ?? opened ?? opening ?? python?.replaceAll('.', '/');
  if (match === null || name === undefined) return undefined;
  for (const from of module === undefined ? [folder] : [requiredFrom(said) ?? folder, folder]) {
    const path = name.startsWith('file:') ? fileURLToPath(name) : resolve(from, name);
    const found = await otherwiseWritten(root, path);
    if (found !== undefined)
      return `the file is called ${pathInPod(root, folder, found)}, and letter case counts on this system`;
  }
  return undefined;
}

/** The folder of the file that names the module: Node.js prints it below, or in the same line. */
function requiredFrom(said: string): string | undefined {
  const found =
    /^Require stack:\s*\n\s*- ([^\n]{1,400})$/m.exec(said)?.[1] ?? /imported from ([^\n]{1,400})$/m.exec(said)?.[1];
  if (found === undefined) return undefined;
  const path = found.trim();
  return isAbsolute(path) ? dirname(path) : undefined;
}

/** The real path of what is there but for the case of letters; undefined: it is there as it is written, or it is not. */
async function otherwiseWritten(root: string, path: string): Promise<string | undefined> {
  const within = relative(root, path);
  if (within === '' || within.startsWith('..') || isAbsolute(within)) return undefined;
  let at = root;
  let isOther = false;
  const parts = within.split(sep);
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const names = await readdir(at);
    const wanted = isLast ? endings.map((ending) => part + ending) : [part];
    const exact = names.find((name) => wanted.includes(name));
    const found = exact ?? names.find((name) => wanted.some((one) => one.toLowerCase() === name.toLowerCase()));
    if (found === undefined) return undefined;
    isOther ||= exact === undefined;
    at = join(at, found);
  }
  return isOther && parse(at).base !== '' ? at : undefined;
}
