import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from './cliWorld';

interface SnapshotJson {
  readonly name: string;
  readonly takenAt: string;
  readonly commit: string | null;
  readonly before: string | null;
  readonly bytes: number | null;
}

describe("snapshots of an environment's database", { timeout: 240_000 }, () => {
  let world: CliWorld;
  let path = '';
  beforeAll(async () => {
    world = await CliWorld.create();
    ({ path } = await world.json<{ path: string }>(['create', 'work']));
  }, 120_000);
  afterAll(() => world.dispose());

  /** By the server's administrator: what services do with it is none of this. */
  const sql = async (text: string): Promise<unknown> =>
    (await world.postgres.sql<{ n: unknown }>(text, 'wt_work'))[0]?.n;
  const notes = 'SELECT string_agg(n::text, $$,$$ ORDER BY n) AS n FROM public.notes';
  const list = async () => (await world.json<{ snapshots: SnapshotJson[] }>(['db', 'snapshots', 'work'])).snapshots;
  const names = async () => (await list()).map(({ name }) => name).sort();

  it('are taken under a name, brought back and listed, and services go on', async () => {
    expect((await world.cli(['database', 'snapshots', 'work'])).stdout).toBe('There is no snapshot.\n');
    await sql('CREATE TABLE public.notes AS SELECT 1 AS n');
    const { snapshot } = await world.json<{ snapshot: SnapshotJson }>(['db', 'snapshot', 'one'], { cwd: path });
    expect(snapshot).toMatchObject({ name: 'one', before: null, commit: await world.gitIn(path, 'rev-parse', 'HEAD') });
    expect(snapshot.bytes).toBeGreaterThan(1_000_000);
    expect(await world.cli(['db', 'snapshot', 'one', 'work'])).toMatchObject({
      code: 9,
      stderr: expect.stringContaining('There is a snapshot "one" already.') as string,
    });
    expect(await world.cli(['db', 'snapshot', "x'; --", 'work'])).toMatchObject({ code: 2, stdout: '' });
    await sql('INSERT INTO public.notes VALUES (2)');
    expect(await world.cli(['db', 'restore', 'none', 'work'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('There is no snapshot "none". There are: one.') as string,
    });

    expect(await world.cli(['database', 'restore', 'one', 'work'])).toMatchObject({
      code: 0,
      stdout: 'The database is as it was in the snapshot one. What it replaces is the snapshot before-restore.\n',
    });
    expect(await sql(notes)).toBe('1');
    // What ran is awake again, and reaches it with the password that it had.
    const query = `const { Client } = require('pg'); const client = new Client({ connectionString: process.env.DATABASE_URL });
      client.connect().then(() => client.query('SELECT 1')).finally(() => client.end())`;
    expect(await world.cli(['exec', 'backend', 'work', '--', 'node', '-e', query])).toMatchObject({ code: 0 });
    expect((await world.cli(['db', 'snapshots', 'work'])).stdout).toMatch(
      /^NAME +TAKEN \(UTC\) +COMMIT +SIZE\nbefore-restore +\S+ \S+ +[0-9a-f]{7} +\d+ MiB +kept before a restore\none .+ MiB\n$/,
    );
  });

  it('keep what a reset replaces', async () => {
    const reset = await world.json<{ kept: SnapshotJson }>(['db', 'reset', 'work', '--yes']);
    expect(reset).toMatchObject({ template: 'fibonacci_template', kept: { name: 'before-reset' }, verdict: 'ready' });
    expect(await sql(`SELECT to_regclass('public.notes')::text AS n`)).toBeNull();
    expect(await names()).toEqual(['before-reset', 'before-restore', 'one']);
    expect(await world.json(['db', 'snapshots', 'work', '--delete', 'before-restore'])).toEqual({
      deleted: 'before-restore',
    });
  });

  it('are named with what a delete would lose, wait with the database that it keeps, and come back with it', async () => {
    const refused = await world.cli(['delete', 'work']);
    expect(refused.code).toBe(9);
    expect(refused.stderr).toContain('2 snapshots: before-reset, one');
    await world.json(['delete', 'work', '--discard', 'database']);
    expect((await world.cli(['undo', 'work'])).code).toBe(0);
    await world.json(['create'], { cwd: path });
    expect(await names()).toEqual(['before-reset', 'one']);
    await world.json(['db', 'restore', 'one', 'work']);
    expect(await sql(notes)).toBe('1');
    const { snapshot } = await world.json<{ snapshot: object }>(['db', 'snapshot', 'lasting', 'work', '--keep']);
    expect(snapshot).toMatchObject({ name: 'lasting', kept: true });
    expect((await world.cli(['db', 'snapshots', 'work'])).stdout).toMatch(
      /^lasting .+ stays when its environment goes$/m,
    );
    await world.json(['delete', 'work', '--environment-only', '--discard', 'database']);
    const kept = await world.json<{ snapshots: { name: string; database: string }[] }>(['db', 'snapshots', '--kept']);
    expect(kept.snapshots.map(({ name }) => name)).toEqual(['lasting']);
    const ours = async () => (await world.databases()).databases.filter((name) => name.startsWith('coppice_'));
    expect(await ours()).toEqual([kept.snapshots[0]?.database]);
    await world.json(['db', 'snapshots', '--kept', '--delete', 'lasting']);
    expect(await ours()).toEqual([]);
  });
});
