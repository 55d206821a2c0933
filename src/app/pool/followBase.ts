import type { Repository } from '../../core/model';
import type { Logger } from '../../core/ports/host';
import type { Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';

export interface FollowPorts {
  readonly worktrees: () => Promise<Pick<Worktrees, 'startPoint'>>;
  readonly settings: () => Pick<Settings, 'pool.size' | 'worktree.base'>;
  /** Has the pool filled; nobody waits for that. */
  readonly refill: (folder: string) => Promise<void>;
  readonly log: Pick<Logger, 'debug'>;
}

/**
 * Has the pool filled when the commit moves that a create would start from, and with it perhaps the lockfiles. It is asked to look by
 * whoever hears of changes anyway: it watches nothing and waits for nothing by itself.
 *
 * @returns looks once more, and returns at once; what is asked meanwhile is one more look
 */
export function followBase(ports: FollowPorts): (repository: Repository) => void {
  const known = new Map<string, string>();
  const looking = new Map<string, 'once' | 'again'>();
  const look = async (repository: Repository): Promise<void> => {
    const { 'pool.size': size, 'worktree.base': base } = ports.settings();
    if (size === 0) return;
    const { commit } = await (await ports.worktrees()).startPoint(repository, base || undefined);
    const before = known.get(repository.id);
    known.set(repository.id, commit);
    if (before !== undefined && before !== commit) await ports.refill(repository.root);
  };
  const lookAll = async (repository: Repository): Promise<void> => {
    while (looking.get(repository.id) === 'again') {
      looking.set(repository.id, 'once');
      // Between two writes of refs there may be none for a moment.
      await look(repository).catch((error: unknown) =>
        ports.log.debug(`The pool does not follow the branch: ${String(error)}`),
      );
    }
    looking.delete(repository.id);
  };
  return (repository) => {
    if (ports.settings()['pool.size'] === 0) return;
    const isLooking = looking.has(repository.id);
    looking.set(repository.id, 'again');
    if (!isLooking) void lookAll(repository);
  };
}
