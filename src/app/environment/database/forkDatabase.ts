import { AppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { UseCase } from '../../run/run';
import { environmentLock } from '../../run/withLock';
import { isOwnDatabase } from '../parts/databaseRecord';
import { databaseAt, type DatabaseAt } from './databaseAt';
import type { Replaced, RestorePorts } from './replaceDatabase';
import { refuseProtected } from './protectDatabase';
import { whileAsleep } from './whileAsleep';

export interface ForkAt extends DatabaseAt {
  /** The folder of another worktree of the repository, which has an environment as well. */
  readonly from: string;
}

/**
 * Puts a copy of what another environment's database has now in the place of an environment's. What that has now becomes a snapshot
 * first. Its services sleep meanwhile, and those of the other lose their connections for the copy, and no more; cut off at any point it
 * can be done again.
 *
 * @throws notFound; conflict: it is its own, another repository's or anybody else's, or somebody works at either of them
 */
export function forkDatabase(ports: RestorePorts): UseCase<ForkAt, Replaced & { readonly source: string }> {
  return async (at, run) => {
    const { signal } = run;
    const found = await databaseAt(ports, at, signal);
    const from = await databaseAt(ports, { path: at.from }, signal);
    if (isSameOwner(found.owner, from.owner))
      throw new AppError('conflict', `${at.from} is the worktree itself: a fork is of another one's database.`);
    if (found.owner.repositoryId !== from.owner.repositoryId)
      throw new AppError('conflict', `${at.from} is a worktree of another repository.`);
    let source: { release(): Promise<void> } | undefined;
    const letGo = async (): Promise<void> => {
      const held = source;
      source = undefined;
      await held?.release().catch(() => undefined);
    };
    try {
      const replaced = await whileAsleep(ports, at, 'its database is made a copy of another', run, {
        look: async () => {
          await refuseProtected(ports.databases, found, signal);
          if (!isOwnDatabase(await ports.databases.owner(from.database, signal), from.owner))
            throw new AppError(
              'notFound',
              `There is no database ${from.database} that is the environment's of ${at.from}.`,
            );
          // Nobody migrates, resets or deletes it meanwhile; who does already is found before anything sleeps.
          source = await ports.locks.acquire(
            environmentLock(from.owner),
            'its database is copied for another environment',
          );
        },
        // A wake may take long, and needs none of it.
        work: (beforeReplace) => ports.databases.forkDatabase({ ...found, from, beforeReplace }, signal).finally(letGo),
      });
      return { ...replaced, source: from.database };
    } finally {
      await letGo();
    }
  };
}
