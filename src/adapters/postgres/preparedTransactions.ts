import { setTimeout as delay } from 'node:timers/promises';
import { escapeLiteral } from 'pg';
import { AppError } from '../../core/errors';
import { plural } from '../../core/text/plural';
import { identifier } from './ownership';
import { codeOf } from './postgresErrors';
import type { Session } from './session';

/*
 * A transaction that PREPARE TRANSACTION has ended is of no session any more, and waits for its second phase: coordinators of several
 * databases do that (XA, MSDTC). One that lost its coordinator waits for ever, also over a restart, and as long as it does PostgreSQL
 * neither drops, renames nor copies the database, with FORCE neither (13 to 18: CountOtherDBBackends and TerminateOtherDBBackends).
 */

interface Prepared {
  /** As whoever prepared it called it. */
  readonly gid: string;
  /** null: that role is gone. */
  readonly owner: string | null;
  /** By the server's clock. */
  readonly since: string;
}

/** As long as a transaction is given to come to its end by itself. Milliseconds. */
const endingMs = 2_000;

/**
 * Rolls back what was prepared in a database that goes, as what is open in its sessions is: nobody commits it any more.
 *
 * @throws 42501 where a role prepared it that the administrator is no member of
 */
export async function rollBackPrepared(session: Session, database: string): Promise<void> {
  const all = await preparedIn(session, database);
  if (all.length === 0) return;
  // It is ended in the database. One that was about to be kept when its delete was killed lets nobody in.
  await session.query(`ALTER DATABASE ${identifier(database)} ALLOW_CONNECTIONS true`);
  await session.inside(database, async (inside) => {
    for (const { gid, owner } of all) {
      // Only whoever prepared it may end it, and a superuser. One after the other: it may stand in no transaction.
      if (owner !== null) await inside.query(`SET ROLE ${identifier(owner)}`);
      try {
        await inside.query(`ROLLBACK PREPARED ${escapeLiteral(gid)}`);
      } catch (error) {
        // It has come to its end.
        if (codeOf(error) !== '42704') throw error;
      }
      await inside.query('RESET ROLE');
    }
  });
}

/**
 * Waits for a moment until nothing is prepared in a database that stays.
 *
 * @throws conflict, which names what is
 */
export async function refusePrepared(session: Session, database: string, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + endingMs;
  for (;;) {
    const all = await preparedIn(session, database, signal);
    const [first] = all;
    if (!first) return;
    if (performance.now() > deadline) throw unfinished(database, first, all.length);
    await delay(100, undefined, signal ? { signal } : {});
  }
}

function unfinished(database: string, { gid, owner, since }: Prepared, count: number): AppError {
  const are = count === 1 ? 'was prepared and is' : 'were prepared and are';
  return new AppError(
    'conflict',
    `${plural(count, 'transaction')} in ${database} ${are} neither committed nor rolled back (${gid}, by ${owner ?? 'a role that is gone'}, at ${since}). PostgreSQL neither copies nor renames the database until then: the service that prepared it ends it, or you do, in ${database}, with COMMIT PREPARED ${escapeLiteral(gid)} or ROLLBACK PREPARED ${escapeLiteral(gid)}.`,
  );
}

async function preparedIn(session: Session, database: string, signal?: AbortSignal): Promise<readonly Prepared[]> {
  return session.query<Prepared>(
    `SELECT gid, owner::text, date_trunc('second', prepared)::text AS since FROM pg_prepared_xacts
       WHERE database = $1 ORDER BY prepared`,
    [database],
    signal,
  );
}
