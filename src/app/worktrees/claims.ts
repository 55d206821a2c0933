import { isAppError, type AppError } from '../../core/errors';
import type { Owner, Worktree } from '../../core/model';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import { readWorktrees, type KnownWorktree } from './readWorktrees';

/** Whether a worktree of this machine says that an environment is its own. */
export type Claim =
  | { readonly kind: 'claimed'; readonly worktree: Worktree; readonly root: string }
  /** Its repository is there, and none of its worktrees claims it. */
  | { readonly kind: 'unclaimed'; readonly root: string }
  /** Where its repository was there is none any more, or another. */
  | { readonly kind: 'gone' }
  /** What might claim it cannot be read. */
  | { readonly kind: 'unknown'; readonly problem: AppError };

/** What a namespace says of itself. */
export interface Stamped {
  readonly owner: Owner | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

interface ClaimPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
}

/**
 * Looks for the worktrees that claim environments, of any repository: where the environments of the same repository say that it
 * and their folders are. Each repository is read once.
 *
 * @param all of the cluster: one whose folder is gone is found by way of its siblings
 */
export function claims(
  ports: ClaimPorts,
  all: readonly Stamped[],
  signal: AbortSignal,
): (owner: Owner) => Promise<Claim> {
  const read = new Map<string, ReturnType<typeof readRepository>>();
  return async (owner) => {
    const { repositoryId } = owner;
    const own = all.filter((one) => one.owner?.repositoryId === repositoryId);
    const folders = own.flatMap(({ annotations: { repository, folder } }) => [repository, folder]);
    const reading = read.get(repositoryId) ?? readRepository(ports, repositoryId, folders, signal);
    read.set(repositoryId, reading);
    return claimAmong(await reading, owner);
  };
}

interface Found {
  readonly repositories: readonly { readonly root: string; readonly known: readonly KnownWorktree[] }[];
  readonly problem: AppError | undefined;
}

async function readRepository(
  ports: ClaimPorts,
  repositoryId: string,
  folders: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<Found> {
  // A copied repository has the same id: which of them claims an environment, each one's records say.
  const repositories = new Map<string, { root: string; known: readonly KnownWorktree[] }>();
  let problem: AppError | undefined;
  for (const folder of new Set(folders)) {
    if (folder === undefined || folder === '') continue;
    try {
      const repository = await ports.worktrees.repository(folder, signal);
      if (repository.id !== repositoryId || repositories.has(repository.commonDir)) continue;
      const known = await readWorktrees(ports, repository, signal);
      repositories.set(repository.commonDir, { root: repository.root, known });
      problem ??= known.find((one) => one.problem !== undefined)?.problem;
    } catch (error) {
      if (!isAppError(error)) throw error;
      // There is no such folder, or it is in no repository any more. All else may hide the one that is looked for.
      if (error.code !== 'notFound' && error.code !== 'invalidInput') problem ??= error;
    }
  }
  return { repositories: [...repositories.values()], problem };
}

function claimAmong({ repositories, problem }: Found, owner: Owner): Claim {
  for (const { root, known } of repositories) {
    const holder = known.find(({ identity }) => isSameOwner(identity?.owner, owner));
    if (holder) return { kind: 'claimed', worktree: holder.worktree, root };
  }
  if (problem) return { kind: 'unknown', problem };
  const [first] = repositories;
  return first ? { kind: 'unclaimed', root: first.root } : { kind: 'gone' };
}
