import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { Databases } from '../../../core/ports/databases';
import type { RepositoryDatabase } from '../../../core/ports/repositoryDatabases';
import type { UseCase } from '../../run/run';
import { readWorktrees } from '../../worktrees/readWorktrees';
import type { WorktreeAtPorts } from '../../worktrees/worktreeAt';

export interface ListedDatabase extends RepositoryDatabase {
  /** The branch, or else the folder, of the worktree whose it is; undefined: a template is all of theirs, of others it is gone. */
  readonly of: string | undefined;
}

/** All databases of a repository: its templates first, then those of each worktree. @throws unreachable */
export function listDatabases(
  ports: Pick<WorktreeAtPorts, 'worktrees' | 'identities'> & { readonly databases: Pick<Databases, 'ofRepository'> },
): UseCase<{ readonly folder: string }, readonly ListedDatabase[]> {
  return async ({ folder }, { signal }) => {
    const repository = await ports.worktrees.repository(folder, signal);
    const [known, all] = await Promise.all([
      readWorktrees(ports, repository, signal),
      ports.databases.ofRepository(repository.id, signal),
    ]);
    const listed = all.map((each): ListedDatabase => {
      const { owner } = each;
      const worktree = owner && known.find(({ identity }) => isSameOwner(identity?.owner, owner))?.worktree;
      return { ...each, of: worktree?.branch ?? worktree?.path };
    });
    const order = ['template', 'environment', 'snapshot', 'kept'] as const;
    // What is nobody's any more comes last.
    const placed = (each: ListedDatabase): string => (each.kind === 'template' ? '' : (each.of ?? '\uffff'));
    return listed.toSorted(
      (one, other) =>
        compare(placed(one), placed(other)) ||
        order.indexOf(one.kind) - order.indexOf(other.kind) ||
        compare(one.title ?? one.name, other.title ?? other.name),
    );
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
