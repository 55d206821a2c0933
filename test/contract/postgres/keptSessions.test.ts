import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { Session, withSession } from '../../../src/adapters/postgres/session';
import { postgresPrograms, testPostgres, type TestPostgres } from '../../support/postgres';
import { postgresProcess, type OtherProcess } from '../../support/postgresProcess';
import { until } from '../../support/until';

let postgres: TestPostgres;
let other: OtherProcess;
let connection: AdminConnection;
let watch: Session;

beforeAll(async () => {
  [postgres, other] = await Promise.all([testPostgres(), postgresProcess()]);
  connection = await postgres.server.start();
  watch = await Session.open(connection);
});
afterAll(async () => {
  await watch?.close();
  await Promise.allSettled([postgres?.dispose(), other?.dispose()]);
});

const others = (): Promise<{ pid: number }[]> =>
  watch.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'coppice' AND pid <> pg_backend_pid()",
  );
const pidIn = (session: Session): Promise<number> =>
  session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid').then((rows) => rows[0]?.pid ?? 0);
const inSession = <T>(use: (session: Session) => Promise<T>, database?: string, signal?: AbortSignal): Promise<T> =>
  withSession(connection, database, signal, use);

beforeEach(async () => {
  await until(async () => (await others()).length === 0);
});

describe('a session of the server that Coppice runs', () => {
  test('serves who comes next, with nothing left of who was there before', async () => {
    const state = async (session: Session) =>
      session.query<Record<string, unknown>>(
        `SELECT current_setting('search_path') AS path, current_setting('work_mem') AS memory, current_user AS role,
           current_setting('statement_timeout') AS timeout, to_regclass('pg_temp.left_behind') AS relation`,
      );
    const first = await inSession(async (session) => {
      await session.query(
        `SET statement_timeout = '1h'; SET work_mem = '1MB'; SET search_path = public; CREATE TEMPORARY TABLE left_behind ();
         SELECT pg_advisory_lock(4711); SET ROLE pg_monitor`,
      );
      expect(await state(session)).not.toEqual(await state(watch));
      return pidIn(session);
    });
    // Whoever waits for the lock in another session has it at once.
    expect(await watch.query('SELECT pg_try_advisory_lock(4711) AS got')).toEqual([{ got: true }]);
    await watch.query('SELECT pg_advisory_unlock(4711)');
    await inSession(async (session) => {
      expect(await pidIn(session)).toBe(first);
      expect(await state(session)).toEqual(await state(watch));
    });
  });

  test('ends a moment later where nobody comes', async () => {
    const pid = await inSession(pidIn);
    expect(await others()).toEqual([{ pid }]);
    await until(async () => (await others()).length === 0);
  });

  test('is not shared by two at a time', async () => {
    await inSession(pidIn);
    const pids = await inSession(async (outer) => [await pidIn(outer), await inSession(pidIn)]);
    expect(new Set(pids).size).toBe(2);
  });

  test.each([
    ['fails', (session: Session) => session.query('SELECT 1/0')],
    ['leaves a transaction open', (session: Session) => session.query('BEGIN')],
  ])('ends with work that %s', async (_, work) => {
    await inSession(work).catch(() => undefined);
    expect(await others()).toEqual([]);
  });

  test('ends with work that is cancelled', async () => {
    const controller = new AbortController();
    const working = inSession(
      async (session) => {
        setTimeout(() => controller.abort(), 50);
        return session.query('SELECT pg_sleep(600)', [], controller.signal);
      },
      undefined,
      controller.signal,
    );
    await expect(working).rejects.toMatchObject({ name: 'AbortError' });
    expect(await others()).toEqual([]);
    await expect(inSession(pidIn, undefined, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await inSession(pidIn)).toBeGreaterThan(0);
  });

  test('that the server has ended is noticed before anything is asked', async () => {
    const before = await inSession(pidIn);
    await watch.query('SELECT pg_terminate_backend($1)', [before]);
    expect(await inSession(pidIn)).not.toBe(before);
  });

  test('is of no use to a server that was stopped and started', async () => {
    await inSession(pidIn);
    await watch.close();
    await postgres.server.stop();
    expect(await postgres.server.probe()).toBeUndefined();
    connection = await postgres.server.start();
    watch = await Session.open(connection);
    expect(await inSession(pidIn)).toBeGreaterThan(0);
  });

  test('in another database ends at once, so that nobody is kept from dropping that', async () => {
    await watch.query('CREATE DATABASE shop');
    await inSession(pidIn, 'shop');
    expect(await watch.query("SELECT FROM pg_stat_activity WHERE datname = 'shop'")).toEqual([]);
    await watch.query('DROP DATABASE shop');
  });

  test('keeps no process from its end', async () => {
    const said = await other.run(
      `const open = () => process.getActiveResourcesInfo().filter((each) => each.startsWith('TCP')).length;
      const working = databases.connect();
      let most = 0;
      while (!(await Promise.race([working.then(() => true), new Promise((resolve) => setImmediate(resolve))])))
        most = Math.max(most, open());
      say([most, open()]);`,
      postgres.home,
      postgresPrograms,
    );
    expect(said).toEqual([[1, 0]]);
    // It has left without a word, and the server has noticed.
    await until(async () => (await others()).length === 0);
  });
});
