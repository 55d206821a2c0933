import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from './cliWorld';

describe("forks of an environment's database", { timeout: 240_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'first']);
    await sql('first', 'CREATE TABLE public.notes AS SELECT generate_series(1, 500) AS n');
  }, 120_000);
  afterAll(() => world.dispose());

  const sql = async (of: string, text: string): Promise<unknown> =>
    (await world.postgres.sql<{ n: unknown }>(text, `wt_${of}`))[0]?.n;
  /** As its services and terminals see it. */
  const seen = async (of: string): Promise<string> => {
    const query = `const { Client } = require('pg'); const client = new Client({ connectionString: process.env.DATABASE_URL });
      client.connect().then(() => client.query('SELECT md5(string_agg(n::text, $$,$$ ORDER BY n)) AS sum FROM notes'))
        .then(({ rows }) => console.log(rows[0].sum)).finally(() => client.end())`;
    const said = await world.cli(['exec', 'backend', of, '--', 'node', '-e', query]);
    if (said.code !== 0) throw new Error(said.stderr);
    return said.stdout.trim();
  };

  /** What a fork leaves as it is, besides rows and files: what runs, and since when. */
  const source = async () => {
    interface Pods {
      items: {
        metadata: { uid: string };
        status: { containerStatuses?: { restartCount: number; containerID: string }[] };
      }[];
    }
    const { items } = await world.kubernetes<Pods>('/api/v1/namespaces/worktree-first/pods');
    const pods = items.map(({ metadata: { uid }, status: { containerStatuses = [] } }) =>
      [uid, ...containerStatuses.map(({ restartCount, containerID }) => `${restartCount} ${containerID}`)].join(' '),
    );
    return { pods: pods.sort(), processes: await world.processes() };
  };

  it('a second attempt begins with what the first has, and goes its own way', async () => {
    await sql('first', 'ALTER TABLE public.notes OWNER TO wt_first');
    await world.json(['create', 'second', '--database-from', 'first']);
    const sum = await seen('first');
    expect(await seen('second')).toBe(sum);
    await sql('second', 'DELETE FROM public.notes WHERE n > 10');
    expect(await seen('first')).toBe(sum);
    expect(await seen('second')).not.toBe(sum);
  });

  it('a fork has the files as well, committed or not, and is refused where there is something already', async () => {
    const file = 'notes of the attempt';
    await writeFile(join(world.worktree('first'), file), 'not committed\n');
    const sum = await seen('first');
    const before = await source();
    await world.json(['fork', 'first', 'attempt']);
    const after = await source();
    // The new one's are there besides.
    expect(after.processes).toEqual(expect.arrayContaining(before.processes) as unknown);
    expect({ ...after, processes: [] }).toEqual({ ...before, processes: [] });
    expect(await readFile(join(world.worktree('attempt'), file), 'utf8')).toBe('not committed\n');
    expect(await seen('attempt')).toBe(sum);
    expect(await world.cli(['fork', 'first', 'attempt'])).toMatchObject({ code: 9 });
    expect(await world.cli(['fork', 'nobody', 'other'])).toMatchObject({ code: 8 });
    await appendFile(join(world.worktree('first'), 'coppice.yaml'), 'setup: [node --version]\n');
    const changed = await world.cli(['fork', 'first', 'other']);
    expect(changed).toMatchObject({ code: 9, stderr: expect.stringContaining('commit it first') as string });
    expect(await world.git('branch', '--list', 'other')).toBe('');
    const inFirst = ['-C', world.worktree('first')];
    await world.git(...inFirst, 'checkout', '-q', '--', 'coppice.yaml');
    await rm(join(world.worktree('first'), file));
    await world.json(['delete', 'attempt', '--discard', 'untracked,database']);
  });

  it('replaces what an environment has, which is kept as a snapshot', async () => {
    const own = await seen('second');
    const sum = await seen('first');
    expect(await world.cli(['db', 'fork', 'first', 'second'])).toMatchObject({
      code: 0,
      stdout: 'The database is a copy of what wt_first has. What it replaces is the snapshot before-fork.\n',
    });
    expect(await seen('second')).toBe(sum);
    await world.json(['db', 'restore', 'before-fork', 'second']);
    expect(await seen('second')).toBe(own);
    expect(await world.json(['db', 'fork', 'second', 'first'])).toMatchObject({
      ...{ source: 'wt_second', kept: { name: 'before-fork', before: 'fork' }, dropped: [], verdict: 'ready' },
    });
    expect(await seen('first')).toBe(own);
  });

  it('is refused of itself, of what has none, and for what has one already', async () => {
    expect(await world.cli(['db', 'fork', 'first', 'first'])).toMatchObject({ code: 9 });
    expect(await world.cli(['db', 'fork', 'main', 'first'])).toMatchObject({ code: 8 });
    expect(await world.cli(['db', 'fork', "x'; --", 'first'])).toMatchObject({ code: 8 });
    const again = await world.cli(['create', '--database-from', 'first'], { cwd: world.worktree('second') });
    expect(again).toMatchObject({ code: 9, stderr: expect.stringContaining('coppice database fork first') as string });
    expect(await world.cli(['create', 'third', '--database-from', 'nobody'])).toMatchObject({ code: 8 });
    expect(await world.git('branch', '--list', 'third')).toBe('');
  });

  it('the first can be deleted, and nothing of it is left in the fork', async () => {
    const sum = await seen('second');
    await world.json(['delete', 'first', '--environment-only', '--discard', 'database']);
    expect(await seen('second')).toBe(sum);
    const { roles } = await world.databases();
    expect(roles).not.toContain('wt_first');
    await world.json(['delete', 'second', '--environment-only', '--discard', 'database']);
  });
});
