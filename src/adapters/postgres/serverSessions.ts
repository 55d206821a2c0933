import { AppError } from '../../core/errors';
import { readServer, withAdvisoryLock } from './catalog';
import { copyStrategy } from './copyStrategy';
import type { AdminConnection, PostgresServer } from './postgresServer';
import { whileDoing, withSession, type Session } from './session';

const megabyte = 1024 * 1024;

/** Work on a server, each with connections of its own that it leaves none of behind, see `withSession`; failures say what was being done. */
export class ServerSessions {
  constructor(readonly server: PostgresServer) {}

  /** @param doing stands before the reason of a failure */
  async open<T>(
    doing: string,
    signal: AbortSignal | undefined,
    work: (session: Session, connection: AdminConnection) => Promise<T>,
  ): Promise<T> {
    return whileDoing(doing, async () => {
      const connection = await this.server.connect(signal);
      return withSession(connection, undefined, signal, (session) => work(session, connection));
    });
  }

  /** The same, alone across processes with the things that each hash stands for. */
  async locked<T>(
    doing: string,
    hashes: string | readonly string[],
    signal: AbortSignal | undefined,
    work: (session: Session, connection: AdminConnection) => Promise<T>,
  ): Promise<T> {
    return whileDoing(doing, async () => {
      const connection = await this.server.connect(signal);
      return withAdvisoryLock(connection, hashes, signal, (session) => work(session, connection));
    });
  }

  /** The server as it runs, which is not started for this; undefined: it does not run, or was never made. */
  async running(signal?: AbortSignal): Promise<AdminConnection | undefined> {
    signal?.throwIfAborted();
    return (await this.server.exists()) ? this.server.find() : undefined;
  }

  /**
   * A disk that fills up during a copy can end the whole server, and with it every environment's work.
   *
   * @param what is to be made: "A clone of demo"
   * @param database the one that is copied
   * @throws failed
   */
  async verifyRoom(session: Session, what: string, database: string): Promise<void> {
    const free = await this.server.freeBytes();
    if (free === undefined) return;
    const [row] = await session.query<{ bytes: string }>('SELECT pg_database_size($1) AS bytes', [database]);
    const needed = Number(row?.bytes ?? 0) * (await this.#share(session, database)) + 32 * megabyte;
    if (free >= needed) return;
    const inMegabytes = (bytes: number): string => `${Math.ceil(bytes / megabyte)} MiB`;
    throw new AppError(
      'failed',
      `${what} needs about ${inMegabytes(needed)}, and the disk of the PostgreSQL server has ${inMegabytes(free)} left.`,
    );
  }
  /** What a copy takes of the disk, as a multiple of what is copied. */
  async #share(session: Session, database: string): Promise<number> {
    // Through the log: the files, and once more as much in it until the next checkpoint.
    if ((await copyStrategy(session, database, await readServer(session))) === '') return 2.2;
    const [row] = await session.query<{ method: string | null }>(
      "SELECT current_setting('file_copy_method', true) AS method",
    );
    const isShared = row?.method === 'clone' && (await session.sharesBlocks()) === true;
    // Blocks that are shared take room once they are written to: what is defined is, to be another role's.
    return isShared ? 0.25 : 1.1;
  }
}
