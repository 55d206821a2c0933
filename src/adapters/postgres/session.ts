import { setTimeout as delay } from 'node:timers/promises';
import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { KeptSessions, type Reusable } from './keptSessions';
import { codeOf, mapPostgresError } from './postgresErrors';
import type { AdminConnection } from './postgresServer';
import { withoutCallersVariables } from './withoutCallersVariables';

const connectTimeoutMs = 5_000;
/** A server that recovers from a crash says so for a while. */
const startingUpMs = 60_000;
const statementTimeoutMs = 10 * 60_000;
/** What answers only later than this is no faster than a new one. */
const answerTimeoutMs = 1_000;
/** First of all: whoever owns a database sets where it looks for functions, and must not have theirs called by us. */
const begin = 'SET search_path = pg_catalog; SELECT pg_backend_pid() AS pid';

/** One connection of the administrator to one database. Whoever opens it closes it. */
export class Session implements Reusable {
  readonly #client: Client;
  readonly #connection: AdminConnection;
  #pid = 0;

  private constructor(connection: AdminConnection, database: string | undefined) {
    this.#connection = connection;
    const url = new URL(connection.url);
    if (database !== undefined) url.pathname = `/${encodeURIComponent(database)}`;
    // In the URL, because what the URL says replaces what stands beside it, even when it says nothing.
    if (connection.password !== undefined) url.password = encodeURIComponent(connection.password);
    const config = {
      connectionString: url.href,
      application_name: 'coppice',
      client_encoding: 'UTF8',
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: statementTimeoutMs,
      keepAlive: true,
    };
    this.#client = withoutCallersVariables(() => new Client(config));
    // A lost connection is told to whoever queries next; without a listener it would end the process.
    this.#client.on('error', () => undefined);
  }

  /**
   * @param database undefined: the one of the connection's URL
   * @throws the error of pg, unmapped
   */
  static async open(connection: AdminConnection, database?: string, signal?: AbortSignal): Promise<Session> {
    const deadline = performance.now() + startingUpMs;
    for (;;) {
      signal?.throwIfAborted();
      const session = new Session(connection, database);
      try {
        await session.#connect(signal);
        return session;
      } catch (error) {
        signal?.throwIfAborted();
        if (codeOf(error) !== '57P03' || performance.now() > deadline) throw error;
        await delay(50, undefined, signal ? { signal } : {});
      }
    }
  }

  /** The server's number of it. */
  get backend(): number {
    return this.#pid;
  }

  /** Whether copies of files on the server's disk share their blocks; undefined: nobody knows. */
  async sharesBlocks(): Promise<boolean | undefined> {
    return this.#connection.sharesBlocks?.();
  }

  /** Runs a statement of this session that copies files, see `AdminConnection`. */
  async hastened<T>(work: () => Promise<T>): Promise<T> {
    const { hastened } = this.#connection;
    return hastened ? hastened(work) : work();
  }

  /** Something between here and the server has sessions of its own there. */
  get isRelayed(): boolean {
    return Reflect.get(this.#client, 'processID') !== this.#pid;
  }

  async #connect(signal: AbortSignal | undefined): Promise<void> {
    const connecting = this.#client.connect().then(() => this.query<{ pid: number }>(begin));
    try {
      const [row] = await unlessAborted(connecting, signal);
      this.#pid = row?.pid ?? 0;
    } catch (error) {
      // Not waited for: an address that swallows everything keeps the socket busy for as long as it may connect.
      void this.close();
      throw error;
    }
  }

  /** An aborted statement is cancelled in the server and over when this rejects. @throws the error of pg, unmapped */
  async query<Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
    signal?: AbortSignal,
  ): Promise<Row[]> {
    signal?.throwIfAborted();
    let cancelling: Promise<void> | undefined;
    const onAbort = (): void => {
      cancelling = this.#cancel();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      // Without values it goes the simple way, where one text may hold several statements: one transaction.
      const result: QueryResult<Row> | QueryResult<Row>[] = await (values.length === 0
        ? this.#client.query<Row>(sql)
        : this.#client.query<Row>(sql, [...values]));
      const results: readonly QueryResult<Row>[] = Array.isArray(result) ? (result as QueryResult<Row>[]) : [result];
      const last = results.at(-1);
      return last?.rows ?? [];
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      // A request to cancel that came late would hit the next statement, which may be the one that cleans up.
      await cancelling;
    }
  }

  /** The same administrator's session in another database, for as long as the work takes. */
  async inside<T>(database: string, use: (session: Session) => Promise<T>): Promise<T> {
    return withSession(this.#connection, database, undefined, use);
  }

  async #cancel(): Promise<void> {
    try {
      const other = await Session.open(this.#connection);
      try {
        await other.query('SELECT pg_cancel_backend($1)', [this.#pid]);
      } finally {
        await other.close();
      }
    } catch {
      // Nobody can be told to stop: at least nobody waits any longer.
      await this.close();
    }
  }

  async wake(signal: AbortSignal | undefined): Promise<boolean> {
    this.#holdsProcess(true);
    const rows = await unlessAborted(this.#soon<{ pid: number }>(begin), signal);
    const isAwake = rows?.[0]?.pid === this.#pid;
    // Nobody waits for the end of one that does not answer.
    if (!isAwake) this.#holdsProcess(false);
    return isAwake;
  }

  async rest(): Promise<boolean> {
    // Advisory locks, too. It fails where a transaction was left open.
    const rows = await this.#soon('DISCARD ALL');
    if (rows) this.#holdsProcess(false);
    return rows !== undefined;
  }

  /** Whether this process lives on for it; pg's types know nothing of that. */
  #holdsProcess(holds: boolean): void {
    const client: Client & Partial<Record<'ref' | 'unref', () => void>> = this.#client;
    client[holds ? 'ref' : 'unref']?.();
  }

  /** undefined: it failed, or has no answer in time. Never rejects. */
  async #soon<Row extends QueryResultRow>(sql: string): Promise<Row[] | undefined> {
    const inTime = new AbortController();
    const limit = delay(answerTimeoutMs, undefined, { signal: inTime.signal }).catch(() => undefined);
    const answer = this.query<Row>(sql).catch(() => undefined);
    const rows = await Promise.race([answer, limit]);
    inTime.abort();
    return rows;
  }

  /** Resolves when the server has ended the session as well. Never rejects. */
  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}

/** What the work comes to, or the abort, whichever is first. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

const keptOf = new WeakMap<AdminConnection, KeptSessions<Session>>();

/** @returns the same: whose sessions `withSession` keeps for a moment, for who comes next */
export function keepingSessions(connection: AdminConnection): AdminConnection {
  keptOf.set(connection, new KeptSessions());
  return connection;
}

/** @param database undefined: the one of the connection's URL. Of another one no session stays, which would keep it from being copied or dropped */
export async function withSession<T>(
  connection: AdminConnection,
  database: string | undefined,
  signal: AbortSignal | undefined,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const kept = database === undefined ? keptOf.get(connection) : undefined;
  const session = (await kept?.take(signal)) ?? (await Session.open(connection, database, signal));
  let isDone = false;
  try {
    const result = await use(session);
    isDone = true;
    return result;
  } finally {
    // What is left of work that failed, nobody knows.
    await (kept && isDone ? kept.keep(session) : session.close());
  }
}

/** Runs work whose failures say `doing: why`. */
export async function whileDoing<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw mapPostgresError(error, doing);
  }
}
