import { AppError } from '../../core/errors';
import type { Identity, Repository, Worktree } from '../../core/model';
import type { Paths } from '../../core/ports/host';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import { readWorktrees } from './readWorktrees';

export interface WorktreeAtPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly paths: Paths;
}

/** A worktree with its record, and the repository that it is of. */
export interface FoundWorktree {
  readonly worktree: Worktree;
  readonly identity: Identity | undefined;
  readonly repository: Repository;
  /** The repository's main worktree. */
  readonly main: Worktree | undefined;
}

/** The worktree that a folder lies in, with its record. @throws notFound when the folder is in none */
export async function worktreeAt(ports: WorktreeAtPorts, folder: string, signal: AbortSignal): Promise<FoundWorktree> {
  const repository = await ports.worktrees.repository(folder, signal);
  const known = await readWorktrees(ports, repository, signal);
  // The innermost: worktrees may lie inside the main one.
  const found = known
    .filter(({ worktree }) => ports.paths.contains(worktree.path, folder))
    .sort((a, b) => b.worktree.path.length - a.worktree.path.length)[0];
  if (!found && (await ports.worktrees.spares(repository)).some((spare) => ports.paths.contains(spare, folder)))
    throw new AppError(
      'notFound',
      `${folder} is in a worktree that is kept for the next create, and nobody's yet: "git switch -c BRANCH" in it makes it yours.`,
    );
  if (!found) throw new AppError('notFound', `${folder} is in no worktree of ${repository.root}.`);
  if (found.problem) throw found.problem;
  const { worktree, identity } = found;
  const main = known.find((each) => each.worktree.isMain)?.worktree;
  // A copied repository has records of what the other one owns: nothing here may touch that.
  return {
    worktree,
    identity: identity?.owner.repositoryId === repository.id ? identity : undefined,
    repository,
    main,
  };
}
