import { parentOf, ownPaths } from './migrationFolders';
import type { MigrationTree } from './migrationTool';

/** Folders whose files of SQL say by a comment whose migrations they are. Asked of the first of each. */
export async function foldersOfSql(tree: MigrationTree, name: RegExp, mark: RegExp): Promise<readonly string[]> {
  const first = new Map<string, string>();
  for (const path of ownPaths(tree)) {
    const folder = parentOf(path);
    if (!first.has(folder) && name.test(path.slice(folder === '' ? 0 : folder.length + 1))) first.set(folder, path);
  }
  const found = await Promise.all(
    [...first].map(async ([folder, path]) => (mark.test((await tree.read(path)) ?? '') ? [folder] : [])),
  );
  return found.flat();
}
