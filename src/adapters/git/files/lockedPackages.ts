import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Lockfiles of more are of no repository. */
const maxBytes = 50_000_000;

const lockfiles = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'bun.lock'];

/**
 * Tells of a file in a `node_modules` whether it lies in a package that a lockfile around it names: an install that was ended leaves packages
 * without their package.json, and the next install makes them whole. Lockfiles are read once, and only when one is asked about; each package
 * is looked for once in them, because a large one takes as long as many files of it.
 *
 * @param root the worktree's folder; paths are relative to it
 */
export function lockedPackages(root: string): (path: string) => Promise<boolean> {
  const texts = new Map<string, Promise<string | undefined>>();
  const read = (path: string): Promise<string | undefined> => {
    const known = texts.get(path) ?? bounded(join(root, path));
    texts.set(path, known);
    return known;
  };
  const isLocked = async (before: string, name: string): Promise<boolean> => {
    const around = before.split('/').slice(0, -1);
    for (let depth = around.length; depth >= 0; depth--) {
      const place = around
        .slice(0, depth)
        .map((part) => `${part}/`)
        .join('');
      for (const file of lockfiles) {
        const text = await read(place + file);
        if (text !== undefined && isNamed(text, name, before.slice(place.length))) return true;
      }
    }
    return false;
  };
  const packages = new Map<string, Promise<boolean>>();
  return async (path) => {
    const [found, before = '', name] = /^((?:.+?\/)?)node_modules\/((?:@[^/]+\/)?[^@./][^/]*)\//.exec(path) ?? [];
    if (found === undefined || name === undefined) return false;
    const known = packages.get(found) ?? isLocked(before, name);
    packages.set(found, known);
    return known;
  };
}

/** A link to what lies elsewhere, such as another package of the workspace: no install makes files in a folder of that name. */
const isLink = /^[^\n]*@(?:workspace|link|portal):|^\s*(?:"resolved": "[^"\n]*",\s*)?"link": true/;

/** As npm names places, and Yarn and Bun packages. */
function isNamed(text: string, name: string, before: string): boolean {
  return [`"${before}node_modules/${name}": {`, `\n${name}@`, `\n"${name}@`, `\n    "${name}": ["`].some((mark) => {
    const at = text.indexOf(mark);
    const end = at + mark.length;
    // With the "@" that stands before where it is.
    return at >= 0 && !isLink.test(text.slice(mark.endsWith('@') ? end - 1 : end, end + 500));
  });
}

async function bounded(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    return size > maxBytes ? undefined : await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
