import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';

const atOnce = 16;

/** What a change of a folder's tracked files adds and takes away; relative, with `/`. */
export interface TreeChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** `git diff-tree -r -z --no-renames --name-status` */
export function parseTreeChange(output: string): TreeChange {
  const fields = output.split('\0');
  const of = (status: string): string[] =>
    fields.flatMap((field, index) => (index % 2 === 0 && field === status ? [fields[index + 1] ?? ''] : []));
  return { added: of('A'), removed: of('D') };
}

/**
 * Untracked files that the change would write over. Git refuses that for most of them, but writes over what is ignored without a word:
 * a merge has no way to say otherwise.
 */
export async function writtenOver(folder: string, { added, removed }: TreeChange): Promise<string[]> {
  const going = new Set(removed);
  // Where names are the same but for case, a file that is renamed so is there.
  const goingLoosely = new Set(removed.map((path) => path.toLowerCase()));
  const goingFolders = new Set(removed.flatMap(foldersOf));
  const limit = pLimit(atOnce);
  const found = await Promise.all(
    added.map((path) =>
      limit(async () => {
        for (const parent of foldersOf(path)) {
          const at = await lstat(join(folder, parent)).catch(() => undefined);
          if (!at) return [];
          if (!at.isDirectory()) return going.has(parent) ? [] : [parent];
        }
        const at = await lstat(join(folder, path)).catch(() => undefined);
        if (!at || going.has(path) || goingLoosely.has(path.toLowerCase())) return [];
        if (!at.isDirectory()) return [path];
        // A folder of tracked files that go makes room; anything else in it stays.
        if (!goingFolders.has(path)) return (await isEmpty(join(folder, path))) ? [] : [`${path}/`];
        return stayingIn(folder, path, going);
      }),
    ),
  );
  return [...new Set(found.flat())].sort();
}

/** From the outermost. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

async function isEmpty(path: string): Promise<boolean> {
  return (await readdir(path).catch(() => [])).length === 0;
}

async function stayingIn(folder: string, path: string, going: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(join(folder, path), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const inside = `${path}/${entry.name}`;
      if (entry.isDirectory()) return stayingIn(folder, inside, going);
      return going.has(inside) ? [] : [inside];
    }),
  );
  return found.flat();
}
