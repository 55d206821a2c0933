import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { isAlive, readPostmaster } from '../../../src/adapters/postgres/postmasterFile';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { serverAccount } from '../../../src/adapters/postgres/serverAccount';
import { withSession } from '../../../src/adapters/postgres/session';
import { postgresPrograms, testPostgres, type TestPostgres } from '../../support/postgres';
import { until } from '../../support/until';
import { postgresProcess, type OtherProcess } from '../../support/postgresProcess';

const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: '111111111111' };
const wanted = { database: 'wt_a', role: 'wt_a', template: 'tpl', owner };

let postgres: TestPostgres;
let other: OtherProcess;
const data = (): string => path.join(postgres.server.folder, 'server', 'data');
const portOf = (connection: { readonly url: string }): number => Number(new URL(connection.url).port);

async function pidOf(): Promise<number> {
  const found = await readPostmaster(data());
  if (!found) throw new Error('no server');
  return found.pid;
}

/** The server and what it started: its processes outlive it for as long as their current statement takes. */
function killAll(pid: number): void {
  for (const each of [pid, ...childrenOf(pid)]) {
    try {
      process.kill(each, 'SIGKILL');
    } catch {
      // It ended by itself when it saw the server gone.
    }
  }
}

function childrenOf(pid: number): number[] {
  // A small Linux has no ps.
  if (process.platform === 'linux') {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  }
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = list.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return rows.flatMap(([child, parent]) => (child !== undefined && parent === pid ? [child] : []));
}

async function run(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  [postgres, other] = await Promise.all([testPostgres(), postgresProcess()]);
});
afterAll(async () => {
  await Promise.allSettled([postgres?.dispose(), other?.dispose()]);
});

/** Where a server is and who administers it; what is known of its disk is asked by each for itself. */
const reached = ({ url, password }: AdminConnection) => ({ url, password });

describe('one server', () => {
  test('several that start it at once, in one process and in others, get the same, and it outlives them', async () => {
    expect(await postgres.server.probe()).toBeUndefined();
    expect(await postgres.server.stop()).toBe(false);
    const start = 'say((await server.start()).url)';
    const [first, second, third, fourth] = await Promise.all([
      other.run(start, postgres.home, postgresPrograms),
      other.run(start, postgres.home, postgresPrograms),
      postgres.server.start(),
      postgres.another().start(),
    ]);
    expect(new Set([first[0], second[0], third.url, fourth.url]).size).toBe(1);
    expect(await postgres.server.probe()).toMatchObject(reached(third));
    const pid = await pidOf();
    await postgres.server.start();
    expect(await pidOf()).toBe(pid);
    const left = (await readdir(postgres.server.folder)).sort();
    expect(left).toEqual(['server', 'server.log']);
  });

  test('listens on loopback only, its password is for its user only, and it is durable', async () => {
    const connection = await postgres.server.start();
    expect((await readPostmaster(data()))?.port).toBe(portOf(connection));
    if (process.platform !== 'win32') {
      const { mode, uid } = await stat(path.join(postgres.server.folder, 'server', 'password'));
      expect(mode & 0o777).toBe(0o600);
      expect(uid).toBe(process.getuid?.());
    }
    await withSession(connection, undefined, undefined, async (session) => {
      const settings = await session.query<{ name: string; setting: string }>(
        `SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories', 'fsync', 'full_page_writes', 'synchronous_commit')`,
      );
      expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        fsync: 'on',
        full_page_writes: 'on',
        synchronous_commit: 'on',
      });
      const hba = await session.query<{ method: string }>(
        'SELECT DISTINCT auth_method AS method FROM pg_hba_file_rules',
      );
      expect(hba).toEqual([{ method: 'scram-sha-256' }]);
    });
  });

  test('that it answers is asked once, and not again by each who has something to do there', async () => {
    const connection = await postgres.server.start();
    await withSession(connection, undefined, undefined, async (session) => {
      const sessions = async (): Promise<number> => {
        // A session is counted once it has ended.
        await session.query('SELECT pg_stat_clear_snapshot()');
        const [row] = await session.query<{ n: number }>('SELECT sum(sessions)::int AS n FROM pg_stat_database');
        return row?.n ?? 0;
      };
      const [asked, before] = [postgres.another(), await sessions()];
      expect(await asked.start()).toMatchObject(reached(connection));
      await until(async () => (await sessions()) === before + 1);
      const others = `SELECT FROM pg_stat_activity WHERE application_name = 'coppice' AND pid <> pg_backend_pid()`;
      await until(async () => (await session.query(others)).length === 0);
      for (let n = 0; n < 20; n++) expect(await asked.connect()).toMatchObject(reached(connection));
      // Whether it answers now is another question.
      expect(await asked.probe()).toMatchObject(reached(connection));
      await until(async () => (await sessions()) > before + 1);
      expect(await sessions()).toBe(before + 2);
    });
  });

  test('two processes that want one template build it once', async () => {
    await postgres.server.start();
    const body = `
      const { built, name } = await databases.ensureTemplate({ name: 'tpl', repositoryId: '${owner.repositoryId}', recipe: 'r' }, async () => {
        say('build');
      });
      say({ built, name });`;
    const said = await Promise.all([1, 2, 3].map(() => other.run(body, postgres.home, postgresPrograms)));
    expect(said.flat().filter((line) => line === 'build')).toHaveLength(1);
    expect(said.map((lines) => lines.at(-1))).toEqual(
      expect.arrayContaining([
        { built: true, name: 'tpl' },
        { built: false, name: 'tpl' },
      ]),
    );
  });

  test.skipIf(process.platform === 'win32')(
    'killed in the middle of its work, it comes back with everything that was done',
    async () => {
      const databases = new PostgresDatabases({ server: postgres.server });
      const plain = { repositoryId: owner.repositoryId, recipe: 'r' };
      await databases.ensureTemplate({ name: 'tpl', ...plain }, () => Promise.resolve());
      const { url } = await databases.clone(wanted);
      await run(url, 'CREATE TABLE kept AS SELECT 42 AS n');
      const port = portOf(await postgres.server.start());
      const build = databases.ensureTemplate({ name: 'half', ...plain }, async () => killAll(await pidOf()));
      await expect(build).rejects.toMatchObject({ code: 'unreachable' });
      // The same port: the URL that the environment has stays good.
      expect(portOf(await postgres.server.start())).toBe(port);
      expect(await run(url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
      const again = await databases.ensureTemplate({ name: 'half', ...plain }, () => Promise.resolve());
      expect(again).toEqual({ name: 'half', built: true });
      await withSession(await postgres.server.start(), undefined, undefined, async (session) => {
        expect(await session.query(`SELECT datname FROM pg_database WHERE datname LIKE 'coppice\\_tmp%'`)).toEqual([]);
      });
      await databases.drop(wanted);
    },
  );

  test('a port that somebody took is given up, and the new one is kept', async () => {
    const before = portOf(await postgres.server.start());
    expect(await postgres.server.stop()).toBe(true);
    expect(await postgres.server.probe()).toBeUndefined();
    const squatter = createServer().listen(before, '127.0.0.1');
    await once(squatter, 'listening');
    const moved = portOf(await postgres.server.start());
    expect(moved).not.toBe(before);
    await postgres.server.stop();
    squatter.close();
    await once(squatter, 'close');
    expect(portOf(await postgres.server.start())).toBe(moved);
  });

  test("a dead server's number that another process has now is no obstacle", async () => {
    await postgres.server.start();
    const file = path.join(data(), 'postmaster.pid');
    const before = await readFile(file, 'utf8');
    const pid = await pidOf();
    const account = await serverAccount();
    // Of the server's own account: one of another account PostgreSQL itself would see through.
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
      cwd: '/',
      ...account?.ids,
    });
    try {
      await once(stranger, 'spawn');
      await postgres.server.stop();
      await writeFile(file, before.replace(String(pid), String(stranger.pid)));
      expect(await postgres.server.probe()).toBeUndefined();
      expect(await postgres.server.stop()).toBe(false);
      await postgres.server.start();
      expect(await pidOf()).not.toBe(stranger.pid);
      expect(isAlive(stranger.pid ?? 0)).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  test('an abort ends the waiting', async () => {
    await expect(postgres.server.start(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    await postgres.server.stop();
    const controller = new AbortController();
    const starting = postgres.server.start(controller.signal);
    controller.abort();
    await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
    await postgres.server.start();
  });

  test('data of another version is not touched', async () => {
    await postgres.server.stop();
    const file = path.join(data(), 'PG_VERSION');
    const version = await readFile(file, 'utf8');
    await writeFile(file, '12\n');
    try {
      await expect(postgres.server.start()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/made by PostgreSQL 12, but PostgreSQL 18 is what was found/) as string,
      });
    } finally {
      await writeFile(file, version);
    }
  });

  test('one that cannot start says so, with the last lines of its log', async () => {
    const file = path.join(data(), 'postgresql.conf');
    const settings = await readFile(file, 'utf8');
    await writeFile(file, `${settings}\nnonsense_setting = 1\n`);
    try {
      await expect(postgres.server.start()).rejects.toMatchObject({
        code: 'failed',
        explanation: expect.stringContaining('nonsense_setting') as string,
      });
    } finally {
      await writeFile(file, settings);
    }
    await postgres.server.start();
  });
});

describe('programs', () => {
  let folder = '';
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('a folder without them is a missing tool', async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'coppice-bin-'));
    const server = postgres.another({ home: folder, binDirectory: () => folder });
    await expect(server.start()).rejects.toMatchObject({
      code: 'missingTool',
      message: `There is no PostgreSQL in ${folder}: it needs the programs postgres and initdb.`,
    });
  });

  test('what comes with the product is used before what the machine has', async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'coppice-bin-'));
    await mkdir(path.join(folder, 'x'));
    const server = postgres.another({ binDirectory: () => '', bundled: [path.join(folder, 'x'), postgresPrograms] });
    await server.stop();
    await server.start();
    expect(await readFile(path.join(data(), 'postmaster.opts'), 'utf8')).toContain(postgresPrograms);
  });

  test.skipIf(process.platform === 'win32')(
    'closed to the server’s account and without the links of their libraries, they are copied and mended',
    async () => {
      // 0700, as temporary folders are: root's server, which runs as another account, cannot enter it.
      folder = await mkdtemp(path.join(tmpdir(), 'coppice-bin-'));
      const native = path.join(folder, 'native');
      await cp(path.dirname(postgresPrograms), native, {
        recursive: true,
        filter: async (source) => !(await lstat(source)).isSymbolicLink(),
      });
      await chmod(folder, 0o700);
      const own = await testPostgres({
        binDirectory: () => path.join(native, 'bin'),
        ...(process.getuid?.() === 0 ? { systemFolder: `/var/lib/coppice-test-${process.pid}` } : {}),
      });
      try {
        const connection = await own.server.start();
        await withSession(connection, undefined, undefined, async (session) => {
          expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
        });
      } finally {
        await own.dispose();
        await rm(`/var/lib/coppice-test-${process.pid}`, { recursive: true, force: true });
      }
    },
  );
});
