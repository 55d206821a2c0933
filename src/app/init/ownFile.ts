import { examplesIn } from './envFiles';
import type { RepositoryFacts } from './facts';
import { folderOf, inFolder, pathInRepository } from './shared/paths';
import { variablesIn } from './shared/variablesIn';

/**
 * Whether an address is that of a file in the worktree alone, for a program that runs in this folder: `file:./dev.db`.
 */
export function isOwnFile(url: string, folder = '.'): boolean {
  const [, path] = /^file:([\w./-]*\w)(?:\?[\w=&]*)?$/.exec(url) ?? [];
  const place = path === undefined ? undefined : pathInRepository(folder, path);
  return place !== undefined && place !== '.';
}

/**
 * Of a database whose address is in a variable: what a command that makes its tables is to be told, where that is a file of the worktree
 * as everybody can read it.
 *
 * @param folder where the command runs
 * @param others files that may say it as well
 * @returns undefined: another database, or one that may be anywhere
 */
export function toldOwnFile(
  facts: RepositoryFacts,
  folder: string,
  others: readonly string[],
  name: string,
): Readonly<Record<string, string>> | undefined {
  const valueIn = (path: string): string | undefined =>
    variablesIn(facts.texts.get(path) ?? '').find(([each]) => each === name)?.[1];
  // Whoever else reads it may run where the file is.
  const isOwn = (url: string, path: string): boolean => isOwnFile(url, folder) && isOwnFile(url, folderOf(path));
  const found = [inFolder(folder, '.env'), ...others].find((path) => valueIn(path) !== undefined);
  // It is copied or there in each worktree, where the tool reads it.
  if (found !== undefined) return isOwn(valueIn(found) ?? '', found) ? {} : undefined;
  const places = [...new Set([folder, ...others.map(folderOf)])];
  const example = places.flatMap((place) => examplesIn(facts, place)).find((path) => valueIn(path) !== undefined);
  const said = example === undefined ? '' : (valueIn(example) ?? '');
  return example !== undefined && isOwn(said, example) ? { [name]: said } : undefined;
}
