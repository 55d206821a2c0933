import { describe, expect, it } from 'vitest';
import { migrateDatabase } from '../../../../../src/app/environment/migrate/migrateDatabase';
import { environmentLock } from '../../../../../src/app/run/withLock';
import { databaseSecret } from '../../../../../src/core/databases/databaseSecret';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { FakeDatabaseTables } from '../../../../support/fakes/fakeDatabaseTables';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { FakeRepositoryFiles } from '../../../../support/fakes/fakeRepositoryFiles';

const folder = '/code/repo.worktrees/x';
const run = { signal: new AbortController().signal, report: () => undefined };

/** An environment whose branch has two migrations, of which its database has one. */
async function aWorld() {
  const world = new EnvironmentWorld();
  const { identity } = await world.createBranch('x');
  const name = identity.parts.database?.database ?? '';
  const tables = new FakeDatabaseTables();
  tables.own(name, identity.owner);
  const apply = (...names: readonly string[]) =>
    tables.put(
      name,
      'public',
      'pgmigrations',
      names.map((each) => ({ name: each })),
    );
  apply('1_a');
  const files = new FakeRepositoryFiles({
    'package.json': JSON.stringify({ dependencies: { 'node-pg-migrate': '9' } }),
    'migrations/1_a.sql': '',
    'migrations/2_b.sql': '',
  });
  const migrate = (how: Partial<Parameters<ReturnType<typeof migrateDatabase>>[1]> = {}, at = folder) =>
    migrateDatabase({ ...world.createPorts(), tables, files })({ folder: at }, { ...run, ...how });
  world.commands.runs.length = 0;
  return { world, identity, name, apply, migrate };
}

describe('migrating the database of an environment', () => {
  it("runs the worktree's command there, on that database, and says how far it is then", async () => {
    const { world, identity, name, apply, migrate } = await aWorld();
    world.edited.set(folder, environmentFileText(['a'], { ...database, migrate: ['node', 'mine.js'], timeout: 7 }));
    const held: boolean[] = [];
    world.commands.onRun = async () => {
      held.push(await world.locks.isHeld(environmentLock(identity.owner)));
      apply('1_a', '2_b');
    };
    expect(await migrate()).toEqual({
      database: name,
      migrations: [
        {
          ...{ tool: 'node-pg-migrate', folder: 'migrations', state: 'upToDate' },
          ...{ behind: [], older: [], ahead: [], unfinished: [], notes: [] },
        },
      ],
    });
    expect(held).toEqual([true]);
    expect(world.commands.runs).toMatchObject([{ argv: ['node', 'mine.js'], cwd: folder, timeoutMs: 7000 }]);
    const env = world.commands.runs[0]?.env ?? {};
    expect(env).toMatchObject({
      WORKTREE_NAME: 'x',
      DATABASE_NAME: name,
      PGDATABASE: name,
      PGUSER: env['DATABASE_USER'],
    });
    expect(await world.locks.isHeld(environmentLock(identity.owner))).toBe(false);
  });

  it('tells what is still behind, where the command leaves it so', async () => {
    const { migrate } = await aWorld();
    expect((await migrate()).migrations).toMatchObject([{ state: 'behind', behind: ['2_b'] }]);
  });

  it('runs only what was approved: nothing at all where there is nobody to ask', async () => {
    const { world, migrate } = await aWorld();
    world.approvals.approvesAll = false;
    await expect(migrate()).rejects.toMatchObject({
      code: 'unapproved',
      message: expect.stringContaining('nothing was done') as unknown,
    });
    const asked: string[] = [];
    const approve = async ({ commands }: { readonly commands: readonly { readonly place: string }[] }) => {
      asked.push(...commands.map(({ place }) => place));
      world.edited.set(folder, environmentFileText(['a'], { ...database, migrate: ['node', 'another.js'] }));
      return true;
    };
    // What was said yes to is another command by the time that it would run.
    await expect(migrate({ approve })).rejects.toMatchObject({ code: 'unapproved' });
    expect(asked).toEqual(['database.migrate']);
    expect(world.commands.runs).toEqual([]);
  });

  it("tells the last lines of a migration that failed, in the migration's own words", async () => {
    const { world, identity, migrate } = await aWorld();
    world.commands.onRun = ({ tell }) => {
      for (let n = 1; n <= 40; n++) tell(`line ${n}`);
      throw new AppError('failed', '"node" ended with exit code 1: line 40', { explanation: 'All of it: /log' });
    };
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 11}`);
    await expect(migrate()).rejects.toMatchObject({
      ...{ code: 'failed', message: 'database.migrate: "node" ended with exit code 1: line 40' },
      explanation: [...lines, 'All of it: /log'].join('\n'),
    });
    expect(await world.locks.isHeld(environmentLock(identity.owner))).toBe(false);
  });

  it('waits for nobody who changes the environment', async () => {
    const { world, identity, migrate } = await aWorld();
    await world.locks.acquire(environmentLock(identity.owner), 'x is being deleted');
    await expect(migrate()).rejects.toMatchObject({ code: 'conflict' });
    expect(world.commands.runs).toEqual([]);
  });

  it("touches no database that is somebody else's, or gone", async () => {
    const { world, identity, name, migrate } = await aWorld();
    const request = { database: name, role: name, owner: identity.owner };
    await world.databases.drop(request);
    await expect(migrate()).rejects.toMatchObject({ code: 'notFound' });
    world.databases.held.set(name, { kind: 'foreign' });
    await expect(migrate()).rejects.toMatchObject({ code: 'conflict' });
    expect(world.commands.runs).toEqual([]);
  });

  it('runs on the database whose owner it compared, or on none', async () => {
    const { world, identity, name, migrate } = await aWorld();
    const { namespace } = identity.names;
    const said = (await world.cluster.readSecret(namespace, databaseSecret))?.['DATABASE_URL'] ?? '';
    const other = new URL(said);
    other.pathname = '/wt_other';
    await world.cluster.putSecret(namespace, databaseSecret, { DATABASE_URL: other.href }, identity.owner);
    await expect(migrate()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(name) as unknown,
    });
    expect(world.commands.runs).toEqual([]);
    await world.cluster.putSecret(namespace, databaseSecret, { DATABASE_URL: said }, identity.owner);
    await migrate();
    expect(world.commands.runs).toHaveLength(1);
  });

  it('is refused where there is nothing to run, and where there is no environment', async () => {
    const { world, migrate } = await aWorld();
    world.edited.set(folder, environmentFileText(['a'], { ...database, migrate: undefined }));
    await expect(migrate()).rejects.toMatchObject({ code: 'notConfigured' });
    await expect(migrate({}, '/code/repo')).rejects.toMatchObject({ code: 'notFound' });
    expect(world.commands.runs).toEqual([]);
  });
});
