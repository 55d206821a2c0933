import { AppError } from '../core/errors';
import type { Snapshot, WorktreeEntry } from '../core/model';

/** The worktree that has just this name: branch, slug, namespace or path. @throws notFound naming those that there are */
export function findExactly(snapshot: Snapshot, name: string): WorktreeEntry {
  const found = snapshot.entries.find((entry) => namesOf(entry).includes(name));
  if (found) return found;
  throw notFound(snapshot, name);
}

/** An exact name first, then the only one that begins so, then the only one that has it in it. */
export function findLoosely(snapshot: Snapshot, name: string): WorktreeEntry {
  const tests: ((candidate: string) => boolean)[] = [
    (candidate) => candidate === name,
    (candidate) => candidate.toLowerCase().startsWith(name.toLowerCase()),
    (candidate) => candidate.toLowerCase().includes(name.toLowerCase()),
  ];
  for (const test of tests) {
    const found = snapshot.entries.filter((entry) => namesOf(entry).some(test));
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
  const folder = worktree.path.split(/[\\/]/).at(-1) ?? '';
  return [worktree.branch, identity?.slug, identity?.namespace, worktree.path, folder].filter(
    (name) => name !== undefined,
  );
}

function notFound(snapshot: Snapshot, name: string): AppError {
  const names = snapshot.entries.map(({ worktree }) => worktree.branch ?? worktree.path).join(', ');
  return new AppError('notFound', `There is no worktree "${name}". There are: ${names}.`);
}
