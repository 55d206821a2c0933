import { AppError } from '../core/errors';
import type { Environment, Snapshot, WorktreeEntry } from '../core/model';

/**
 * The worktree that has just this name: branch, slug, namespace, folder or path. One worktree's branch may be called like
 * another's folder or slug: then only a path says which is meant.
 *
 * @throws notFound naming those that there are, invalidInput when it could be several
 */
export function findExactly(snapshot: Snapshot, name: string): WorktreeEntry {
  const all = entriesNamed(snapshot, name);
  const hasBranch = all.some(({ worktree }) => worktree.branch === name);
  // The main worktree is called as the repository by nobody who names a branch, and it is never deleted.
  const found = all.filter(({ worktree }) => !hasBranch || !worktree.isMain || worktree.branch === name);
  const sole = all.find(({ worktree }) => worktree.path === name) ?? (found.length === 1 ? found[0] : undefined);
  if (sole) return sole;
  if (found.length === 0) throw notFound(snapshot, name);
  const paths = found.map(({ worktree }) => worktree.path).join(' or ');
  throw new AppError('invalidInput', `"${name}" could be the worktree ${paths}: give the whole path.`);
}

/** An environment that no worktree claims; one that is only called like a worktree is not meant by that name. */
export function findOrphan(snapshot: Snapshot, name: string): Environment | undefined {
  const isFree = entriesNamed(snapshot, name).length === 0;
  return snapshot.orphans.find(({ namespace, slug }) => namespace === name || (isFree && slug === name));
}

function entriesNamed(snapshot: Snapshot, name: string): WorktreeEntry[] {
  return snapshot.entries.filter((entry) => namesOf(entry).includes(name));
}

/**
 * An exact name first, then the only one that begins so, then the only one that has it in it. Of exact names a path comes
 * first, and then a branch: it is what a person gave the worktree, where a slug and a folder were made from it.
 *
 * @throws notFound naming those that there are, invalidInput when it could be several
 */
export function findLoosely(snapshot: Snapshot, name: string): WorktreeEntry {
  const lower = name.toLowerCase();
  const tests: ((entry: WorktreeEntry) => boolean)[] = [
    ({ worktree }) => worktree.path === name,
    ({ worktree }) => worktree.branch === name,
    ({ identity }) => identity?.names.slug === name || identity?.names.namespace === name,
    ({ worktree }) => folderOf(worktree.path) === name,
    (entry) => namesOf(entry).some((candidate) => candidate.toLowerCase().startsWith(lower)),
    (entry) => namesOf(entry).some((candidate) => candidate.toLowerCase().includes(lower)),
  ];
  for (const test of tests) {
    const found = snapshot.entries.filter(test);
    if (found.length === 1 && found[0]) return found[0];
    if (found.length > 1) {
      const names = found.map(({ worktree }) => worktree.branch ?? worktree.path).join(', ');
      throw new AppError('invalidInput', `"${name}" could be ${names}: say more of it.`);
    }
  }
  throw notFound(snapshot, name);
}

/** The innermost worktree that the folder lies in. */
export function findAt(snapshot: Snapshot, isIn: (worktreePath: string) => boolean): WorktreeEntry {
  const found = snapshot.entries
    .filter(({ worktree }) => isIn(worktree.path))
    .sort((a, b) => b.worktree.path.length - a.worktree.path.length)[0];
  if (!found) throw new AppError('notFound', 'This folder is in none of the worktrees: name one.');
  return found;
}

function namesOf({ worktree, identity }: WorktreeEntry): string[] {
  return [
    worktree.branch,
    identity?.names.slug,
    identity?.names.namespace,
    worktree.path,
    folderOf(worktree.path),
  ].filter((name) => name !== undefined);
}

function folderOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? '';
}

function notFound(snapshot: Snapshot, name: string): AppError {
  const spare = snapshot.spares?.find((folder) => folder === name || folderOf(folder) === name);
  if (spare !== undefined)
    return new AppError(
      'notFound',
      `${spare} is kept for the next create, and nobody's yet: "coppice pool empty" removes it, and "git switch -c BRANCH" in it makes it yours.`,
    );
  const names = snapshot.entries.map(({ worktree }) => worktree.branch ?? worktree.path).join(', ');
  return new AppError('notFound', `There is no worktree "${name}". There are: ${names}.`);
}
