import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitRepositoryFiles } from '../../src/adapters/git/gitRepositoryFiles';
import { PostgresDatabases } from '../../src/adapters/postgres/postgresDatabases';
import { PostgresTables } from '../../src/adapters/postgres/postgresTables';
import { readStatus } from '../../src/app/databases/migrations/migrationStatus';
import { databaseEnvironment } from '../../src/core/databases/databaseEnvironment';
import type { MigrationStatus } from '../../src/core/migrations/compareMigrations';
import { migrationTools } from '../../src/core/migrations/migrationTools';
import type { EnvironmentDatabase } from '../../src/core/ports/databaseSnapshots';
import { gitEnv } from '../support/gitRepository';
import { recordedTables } from '../support/migrationTables';
import { testPostgres, type TestPostgres } from '../support/postgres';
import { until } from '../support/until';
import { verifies } from '../support/verified';
import { obtainedTool, realTools, type RealTool } from './realTools';

const run = promisify(execFile);
const python = process.platform === 'win32' ? 'python' : 'python3';
const repositoryId = 'eeeeeeeeeeee';
const wantedTools = (process.env['COPPICE_MIGRATIONS'] ?? '').split(' ').filter((name) => name !== '');
const chosen = realTools.filter(({ title }) => wantedTools.length === 0 || wantedTools.includes(title));

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await testPostgres({ settings: { fsync: 'off' } });
  await postgres.server.start();
});
afterAll(() => postgres?.dispose());

/** A tool that is installed, and what it does with databases that are cloned from one of its own. */
class Place {
  private constructor(
    readonly tool: RealTool,
    readonly folder: string,
    readonly number: number,
  ) {}

  static async make(tool: RealTool, number: number): Promise<Place> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-migrations-')));
    const place = new Place(tool, folder, number);
    if (tool.npm) {
      await place.write('installed', { 'package.json': '{"private":true}' });
      const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps'];
      await run('npm', ['install', ...options, ...tool.npm], { cwd: join(folder, 'installed') });
    }
    if (tool.pypi) {
      await run(python, ['-m', 'venv', join(folder, 'venv')]);
      await run(join(folder, 'venv', 'bin', 'pip'), ['install', '--quiet', ...tool.pypi]);
    }
    if (tool.go) {
      const GOBIN = join(folder, 'venv', 'bin');
      await run('go', ['install', '-tags', tool.go.tags, tool.go.program], { env: { ...process.env, GOBIN } });
    }
    return place;
  }

  private async write(place: string, files: Readonly<Record<string, string>>): Promise<string> {
    const root = join(this.folder, place);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return root;
  }

  /** A repository that has these migrations. */
  async worktree(name: string, has: readonly number[], more: Readonly<Record<string, string>> = {}): Promise<string> {
    const files = {
      ...this.tool.around,
      ...this.tool.files(has),
      ...more,
      '.gitignore': 'node_modules\n__pycache__\n',
    };
    const root = await this.write(name, files);
    await run('git', ['init', '--quiet', root], { env: gitEnv(this.folder) });
    if (this.tool.npm)
      await symlink(join(this.folder, 'installed', 'node_modules'), join(root, 'node_modules'), 'junction');
    return root;
  }

  environment(url: string): NodeJS.ProcessEnv {
    const bins = [join(this.folder, 'installed', 'node_modules', '.bin'), join(this.folder, 'venv', 'bin')];
    const address = this.tool.title === 'dbmate' ? `${url}?sslmode=disable` : url;
    const PATH = [...bins, process.env['PATH']].join(delimiter);
    return {
      ...process.env,
      ...databaseEnvironment(url),
      DATABASE_URL: address,
      PATH,
      GOOSE_DRIVER: 'postgres',
      NODE_ENV: 'development',
      GOOSE_DBSTRING: url,
    };
  }

  /** What it said when it failed last. */
  said = '';

  /** @returns whether the tool says that all went well */
  async migrate(root: string, url: string): Promise<boolean> {
    const [program = '', ...argv] = this.tool.migrate;
    try {
      await run(program, argv, { cwd: root, env: this.environment(url), timeout: 120_000 });
      return true;
    } catch (error) {
      const { code, stderr = '', stdout = '' } = error as { code?: unknown; stderr?: string; stdout?: string };
      if (typeof code !== 'number') throw error;
      this.said = `${stdout}${stderr}`;
      return false;
    }
  }

  /** Begins with it and kills it once the server has the work. */
  async killed(root: string, url: string): Promise<void> {
    const [program = '', ...argv] = this.tool.migrate;
    const child = spawn(program, argv, { cwd: root, env: this.environment(url), stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', resolve));
    // A tool may send more with it: comments of its own, what it notes of the migration.
    const sleeps = `SELECT pid FROM pg_stat_activity
       WHERE query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()`;
    await until(async () => (await query(url, sleeps)).length > 0, 60_000);
    child.kill('SIGKILL');
    await ended;
    await query(url, `SELECT pg_terminate_backend(pid) FROM (${sleeps}) AS those`);
    await until(async () => (await query(url, sleeps)).length === 0, 60_000);
  }
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Of all tables, by name. */
async function columns(url: string): Promise<Record<string, unknown>[]> {
  return query(
    url,
    `SELECT table_schema || '.' || table_name AS table, column_name AS name, data_type AS type, character_maximum_length AS length
       FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`,
  );
}

/** Numbers of the migrations whose tables are there: what the tool has really done. */
async function made(url: string): Promise<number[]> {
  const rows = await query(url, "SELECT tablename FROM pg_tables WHERE tablename ~ '^t[0-9]$' ORDER BY 1");
  return rows.map(({ tablename }) => Number(String(tablename).slice(1)));
}

describe.each(chosen.map((tool, index) => ({ tool, index, title: `${tool.title} ${tool.version}` })))(
  '$title',
  ({ tool, index }) => {
    const row = migrationTools.find(({ title }) => title === tool.title);
    let place: Place;
    let databases: PostgresDatabases;
    let counter = 0;
    const template = `tpl_real_${index}`;

    beforeAll(async () => {
      place = await Place.make(tool, index);
      databases = new PostgresDatabases({ server: postgres.server });
      const root = await place.worktree('template', [1, 3]);
      await databases.ensureTemplate({ name: template, repositoryId, recipe: 'r' }, async (url) => {
        const isDone = await place.migrate(root, url);
        expect(isDone, place.said).toBe(true);
        expect(await made(url)).toEqual([1, 3]);
      });
      await databases.ensureTemplate({ name: `${template}_none`, repositoryId, recipe: 'r' }, async () => undefined);
    }, 600_000);
    afterAll(() => place && rm(place.folder, { recursive: true, force: true }));

    /** An environment's database, and what Coppice says of it for a worktree that has these migrations. */
    async function cell(
      has: readonly number[],
      from: string | EnvironmentDatabase = template,
      more: Readonly<Record<string, string>> = {},
    ) {
      const number = ++counter;
      const owner = { repositoryId, worktreeId: String(number).padStart(12, '0') };
      const database = `wt_real_${index}_${number}`;
      const source = typeof from === 'string' ? { template: from } : { template, from };
      const own = { database, role: database, owner };
      const { url } = await databases.clone({ ...own, ...source });
      const root = await place.worktree(`worktree-${number}`, has, more);
      const ports = {
        tables: new PostgresTables(postgres.server, 60_000),
        files: new GitRepositoryFiles(gitEnv(place.folder)),
        environmentFiles: { read: async () => ({}) as never },
      };
      const say = async (at = root): Promise<MigrationStatus | undefined> => {
        const identity = { owner } as never;
        const record = { provider: 'postgres', database, role: database } as never;
        const { migrations } = await readStatus(
          ports,
          { path: at, command: '' },
          { identity, record },
          new AbortController().signal,
        );
        expect(migrations).toHaveLength(1);
        return migrations[0];
      };
      return { own, root, url, say, migrate: () => place.migrate(root, url) };
    }

    it('makes the tables that the contract tests have of it', async () => {
      const { url } = await cell([1, 3]);
      const none = await cell([1, 3], `${template}_none`);
      const recorded = recordedTables.find((each) => [tool.title, `${tool.title} ${tool.version}`].includes(each.tool));
      const exactly = recordedTables.find((each) => each.tool === `${tool.title} ${tool.version}`) ?? recorded;
      await query(none.url, exactly?.sql ?? '');
      const own = await columns(none.url);
      const names = new Set(own.map((each) => each['table']));
      expect(own.length).toBeGreaterThan(0);
      expect((await columns(url)).filter((each) => names.has(each['table']))).toEqual(own);
    });

    it('up to date: the tool has nothing to do', async () => {
      const { url, say, migrate } = await cell([1, 3]);
      expect(await say()).toMatchObject({ tool: tool.title, state: 'upToDate', behind: [], ahead: [], older: [] });
      expect(await migrate()).toBe(true);
      expect(await made(url)).toEqual([1, 3]);
      expect(await say()).toMatchObject({ state: 'upToDate' });
    });

    it('nothing applied: the tool applies all of them', async () => {
      const { url, say, migrate } = await cell([1, 3], `${template}_none`);
      expect((await say())?.behind).toHaveLength(2);
      expect(await migrate()).toBe(true);
      expect(await made(url)).toEqual([1, 3]);
      expect(await say()).toMatchObject({ state: 'upToDate' });
    });

    it('behind: the tool applies what Coppice names', async () => {
      const { url, say, migrate } = await cell([1, 3, 4]);
      const before = await say();
      expect(before).toMatchObject({ state: 'behind', older: [], ahead: [] });
      expect(before?.behind).toEqual([tool.name(4)]);
      expect(await migrate()).toBe(true);
      expect(await made(url)).toEqual([1, 3, 4]);
      expect(await say()).toMatchObject({ state: 'upToDate' });
    });

    it('older added: the tool does what Coppice says of it', async () => {
      const { url, say, migrate } = await cell([1, 2, 3]);
      const before = await say();
      expect(before).toMatchObject({ state: 'diverged', ahead: [] });
      expect(before?.older).toEqual([tool.name(2)]);
      // The next major of Drizzle goes by names, and applies it.
      const older = tool.version === '1.0.0-rc.5' ? 'applies' : row?.older;
      expect(await migrate()).toBe(older !== 'refuses');
      expect(await made(url)).toEqual(older === 'applies' ? [1, 2, 3] : [1, 3]);
      expect(await say()).toMatchObject({ state: older === 'applies' ? 'upToDate' : 'diverged' });
    });

    it.runIf(tool.merge)(
      'merged: the tool applies the branch that the database lacks, and what merges both',
      async () => {
        const { url, say, migrate } = await cell([1, 2, 3], template, tool.merge);
        const before = await say();
        expect(before).toMatchObject({ state: 'behind', older: [], ahead: [], notes: [] });
        expect(before?.behind).toHaveLength(2);
        expect(await migrate(), place.said).toBe(true);
        expect(await made(url)).toEqual([1, 2, 3]);
        expect(await say()).toMatchObject({ state: 'upToDate' });
      },
    );

    it('ahead: the tool does what Coppice says of it', async () => {
      const { url, say, migrate } = await cell([1]);
      const before = await say();
      expect(before).toMatchObject({ state: 'ahead', behind: [] });
      expect(before?.ahead).toHaveLength(1);
      expect(await migrate()).toBe(row?.lacking === 'ignores');
      expect(await made(url)).toEqual([1, 3]);
      expect(await say()).toMatchObject({ state: 'ahead' });
    });

    it.runIf(tool.leaves)('killed: what it leaves keeps the next run from anything', async () => {
      const killed = await cell([1, 3]);
      const root = await place.worktree('killed', [1, 3], tool.leaves?.files);
      await place.killed(root, killed.url);
      // In a copy of it no less than in itself.
      for (const { say, migrate } of [await cell([1, 3], killed.own), killed]) {
        expect(await say()).toMatchObject({ state: tool.leaves?.state });
        expect(await migrate()).toBe(false);
      }
    });

    it.runIf(!tool.leaves)('killed: it leaves nothing, and the next run goes on', async () => {
      const killed = await cell([1, 3, 9]);
      await place.killed(killed.root, killed.url);
      const without = await place.worktree('killed-without', [1, 3, 4]);
      // Nor has a copy of it.
      for (const { url, say } of [await cell([1, 3, 9], killed.own), killed]) {
        expect(await say()).toMatchObject({ state: 'behind', behind: [tool.name(9)], unfinished: [] });
        expect(await say(without)).toMatchObject({ state: 'behind', behind: [tool.name(4)] });
        expect(await place.migrate(without, url), place.said).toBe(true);
        expect(await made(url)).toEqual([1, 3, 4]);
        expect(await say(without)).toMatchObject({ state: 'upToDate' });
      }
    });

    verifies(tool.program ?? tool.title, () => tool.version, {
      obtained: obtainedTool(tool),
      asked: 'which migrations Coppice says are missing, beside what the tool does',
    });
  },
);
