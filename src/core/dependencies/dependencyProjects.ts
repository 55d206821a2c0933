import type { DependencyProject } from './dependencyProject';
import { dependencyTools } from './dependencyTools';

/** What of an environment file counts here. */
interface Asked {
  readonly services: readonly { readonly folder?: string | undefined }[];
  readonly setup: readonly unknown[];
  readonly dependencies?: false;
}

/** By these names projects are found. */
export const lockfiles: readonly string[] = dependencyTools.map(({ lockfile }) => lockfile);

/**
 * The projects that lockfiles tell of, the outermost first. Of two lockfiles of one ecosystem in a folder the one counts that stands first
 * in the table.
 *
 * @param files relative to the worktree, with `/`
 */
export function dependencyProjects(files: readonly string[]): readonly DependencyProject[] {
  const found = new Map<string, DependencyProject>();
  for (const tool of dependencyTools) {
    for (const file of files) {
      const [folder, name] = split(file);
      if (name !== tool.lockfile || isWithin(folder)) continue;
      const key = `${folder}\0${tool.ecosystem}`;
      if (!found.has(key)) found.set(key, { folder, tool });
    }
  }
  return [...found.values()].sort((a, b) => depth(a.folder) - depth(b.folder) || (a.folder < b.folder ? -1 : 1));
}

/**
 * Where an install is run for a person who said nothing about it: where the environment file is, and where its services are. What else
 * has a lockfile may be an example, or a test's.
 */
export function installPlaces({ services }: Asked): readonly string[] {
  const folders = services.map(({ folder = '' }) =>
    folder
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/'),
  );
  return [...new Set(['', ...folders])];
}

/** Whether an install is run without being asked for: nobody has said how the worktree is set up. */
export function installsByItself({ dependencies, setup }: Asked): boolean {
  return dependencies !== false && setup.length === 0;
}

function split(file: string): [folder: string, name: string] {
  const at = file.lastIndexOf('/');
  return [file.slice(0, Math.max(at, 0)), file.slice(at + 1)];
}

/** What lies in dependencies is none of the worktree's own projects. */
function isWithin(folder: string): boolean {
  return folder.split('/').some((part) => dependencyTools.some((tool) => tool.folder === part));
}

function depth(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}
