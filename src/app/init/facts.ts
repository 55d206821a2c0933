import type { PlainValue } from '../../core/proposedFile';
import { inFolder } from './shared/paths';

/** What a repository says of itself: names of its files, and texts of those that were looked into. */
export interface RepositoryFacts {
  /** Files that git has or would have, relative to the root. */
  readonly paths: ReadonlySet<string>;
  /** Those of them that it has. What coppice.yaml takes over word for word may be in no other file: it is committed. */
  readonly tracked: ReadonlySet<string>;
  /** What was read, by path; of a file that git ignores as well. */
  readonly texts: ReadonlyMap<string, string>;
  /**
   * By a file of variables that is not there, and that git would ignore, the one of the repository that people copy to make it:
   * `.env.example` for `.env`.
   */
  readonly standIns?: ReadonlyMap<string, string>;
  /** The same, of YAML. */
  readonly yaml: ReadonlyMap<string, PlainValue>;
}

/** The folders that hold a file of this name, the root first, then by how deep and how they are called. */
export function foldersWith(facts: Pick<RepositoryFacts, 'paths'>, name: string): string[] {
  const end = `/${name}`;
  const found = [...facts.paths].flatMap((path) =>
    path === name ? ['.'] : path.endsWith(end) ? [path.slice(0, -end.length)] : [],
  );
  const depth = (folder: string): number => (folder === '.' ? 0 : folder.split('/').length);
  return found.sort((a, b) => depth(a) - depth(b) || a.localeCompare(b));
}

export function has(facts: Pick<RepositoryFacts, 'paths'>, folder: string, ...names: readonly string[]): boolean {
  return names.some((name) => facts.paths.has(inFolder(folder, name)));
}

export function textOf(facts: Pick<RepositoryFacts, 'texts'>, folder: string, name: string): string | undefined {
  return facts.texts.get(inFolder(folder, name));
}

/** Whether a folder of a folder has files. */
export function isUnder(facts: Pick<RepositoryFacts, 'paths'>, folder: string, ...places: readonly string[]): boolean {
  const starts = places.map((place) => `${inFolder(folder, place)}/`);
  return [...facts.paths].some((path) => starts.some((start) => path.startsWith(start)));
}

/** Folders that show how something is used, or test it, and are not what a repository is about. */
export function isAside(folder: string): boolean {
  return /(?:^|\/)(?:[\w-]*[-_])?(?:examples?|samples?|tests?)(?:\/|$)|(?:^|\/)(?:demos?|fixtures?|__tests__|e2e|playwright|cypress|docs?|website|storybook|templates?|benchmarks?|node_modules|vendor|third_party)(?:\/|$)/.test(
    folder,
  );
}
