import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from './cliWorld';

describe('how a database differs', { timeout: 240_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'work']);
    await world.json(['create', 'other']);
  }, 240_000);
  afterAll(() => world.dispose());

  const run = (name: string, sql: string) => world.postgres.sql(`SET ROLE wt_${name}; ${sql}`, `wt_${name}`);

  it('from its template is nothing at first, and then what was changed', async () => {
    expect((await world.cli(['db', 'diff', 'work'])).stdout).toMatch(
      /^The database wt_work of work, compared with template fibonacci_template: nothing differs, \d+ objects the same \(not compared: rows, .+\)\.\n$/,
    );
    await run('work', `CREATE TABLE notes (id int PRIMARY KEY, "who\u001b[31m" text NOT NULL DEFAULT 'me')`);
    const { stdout, code } = await world.cli(['database', 'diff', 'work']);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      '+ table public.notes',
      '    + column id: integer NOT NULL',
      `    + column "who": text NOT NULL DEFAULT 'me'::text`,
      '    + constraint notes_pkey: PRIMARY KEY (id)',
      '',
    ]);
  });

  it("from another environment's has what either has alone", async () => {
    await run('other', 'CREATE VIEW two AS SELECT 2 AS n');
    expect(await world.json(['db', 'diff', 'work', '--with', 'other'])).toEqual({
      of: { kind: 'environment', name: 'work', database: 'wt_work' },
      with: { kind: 'environment', name: 'other', database: 'wt_other' },
      same: expect.any(Number) as number,
      changes: [
        expect.objectContaining({ change: 'added', kind: 'table', name: 'public.notes' }),
        {
          ...{ change: 'removed', kind: 'view', name: 'public.two' },
          parts: [{ kind: 'definition', name: '', change: 'removed', before: ' SELECT 2 AS n;', after: null }],
        },
      ],
    });
  });

  it('is refused where there is nothing to compare with', async () => {
    expect(await world.cli(['db', 'diff', 'work', '--with', 'work'])).toMatchObject({
      code: 9,
      stderr: expect.stringContaining('work is the worktree itself') as string,
    });
    expect(await world.cli(['db', 'diff', 'work', '--with', 'nobody'])).toMatchObject({ code: 8 });
    expect(await world.cli(['db', 'diff', 'work', '--with', 'main'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('no environment') as string,
    });
  });
});
