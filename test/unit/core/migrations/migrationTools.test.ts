import { describe, expect, it } from 'vitest';
import type { MigrationStatus } from '../../../../src/core/migrations/compareMigrations';
import { statusesOf, tableOf, toolCells, worktreeOf, type ToolCells } from '../../../support/migrationCells';

const told = async (cells: ToolCells, has: readonly number[], applied: readonly number[]) => {
  const statuses = await statusesOf(worktreeOf(cells, has), tableOf(cells.tables(applied)));
  expect(statuses).toHaveLength(1);
  return statuses[0] as MigrationStatus;
};

describe.each(toolCells.map((cells) => ({ ...cells, title: `${cells.tool}, ${Object.keys(cells.file(1, [1]))[0]}` })))(
  '$title',
  (cells) => {
    const name = cells.name;
    /** Alembic's table has the newest alone, and so no files of those below an unknown one. */
    const isGraphOfHeads = cells.tool === 'Alembic';
    const isGraph = isGraphOfHeads || cells.tool === 'Django';

    it('is found where it is', async () => {
      expect(await told(cells, [1, 3], [1, 3])).toEqual({
        ...{ tool: cells.tool, folder: cells.folder, state: 'upToDate' },
        ...{ behind: [], older: [], ahead: [], unfinished: [], notes: [] },
      });
    });

    it('is behind by those that the database lacks', async () => {
      expect(await told(cells, [1, 3], [1])).toMatchObject({
        state: 'behind',
        behind: [name(3)],
        older: [],
        ahead: [],
      });
      expect(await told(cells, [1, 3], [])).toMatchObject({ state: 'behind', behind: [name(1), name(3)], older: [] });
    });

    it('is behind by all where there is no table yet', async () => {
      const statuses = await statusesOf(worktreeOf(cells, [1, 2]), () => ({ kind: 'none' }));
      expect(statuses).toMatchObject([{ state: 'behind', behind: [name(1), name(2)], older: [] }]);
    });

    it('is diverged where an older one was added', async () => {
      const status = await told(cells, [1, 2, 3], [1, 3]);
      expect(status).toMatchObject({ state: 'diverged', behind: [name(2)], older: [name(2)], ahead: [] });
    });

    it('is ahead by those that the branch lacks', async () => {
      const status = await told(cells, [1], [1, 3]);
      expect(status).toMatchObject({ state: 'ahead', behind: [], older: [] });
      expect(status.ahead).toHaveLength(1);
    });

    it('is diverged where each has one that the other lacks, or nobody can tell', async () => {
      const status = await told(cells, [1, 2], [1, 3]);
      expect(status.ahead).toHaveLength(1);
      if (isGraphOfHeads)
        expect(status).toMatchObject({
          state: 'ahead',
          behind: [],
          notes: [/refuses/, /cannot be told/].map((each) => expect.stringMatching(each) as unknown),
        });
      else expect(status).toMatchObject({ state: 'diverged', behind: [name(2)], older: isGraph ? [] : [name(2)] });
    });

    it('is not known where the table cannot be read', async () => {
      const reason = 'It may not be read.';
      const statuses = await statusesOf(worktreeOf(cells, [1, 2]), () => ({ kind: 'unreadable', reason }));
      expect(statuses).toMatchObject([{ state: 'unknown', behind: [], notes: [reason] }]);
    });

    it('is nothing where neither the branch nor the database has any', async () => {
      expect(await statusesOf(cells.around, () => ({ kind: 'none' }))).toEqual([]);
    });
  },
);

const cellsOf = (tool: string): ToolCells => {
  const found = toolCells.find((cells) => cells.tool === tool);
  if (!found) throw new Error(tool);
  return found;
};

it.each([
  [
    'Alembic',
    'alembic/versions/aaa4_merge.py',
    "revision = 'aaa4'\ndown_revision = ('aaa2', 'aaa3')\n",
    ['aaa2_m.py', 'aaa4_merge.py'],
  ],
  [
    'Django',
    'app/migrations/0004_merge.py',
    "class Migration(migrations.Migration):\n    dependencies = [('app', '0002_m'), ('app', '0003_m')]\n",
    ['app.0002_m', 'app.0004_merge'],
  ],
])('%s applies a branch that was merged with the one that the database has', async (tool, path, text, behind) => {
  const cells = cellsOf(tool);
  const statuses = await statusesOf({ ...worktreeOf(cells, [1, 2, 3]), [path]: text }, tableOf(cells.tables([1, 3])));
  expect(statuses).toMatchObject([{ state: 'behind', behind, older: [], ahead: [], notes: [] }]);
});

describe('what was begun and not ended', () => {
  it('is an unfinished row of Prisma, unless it was rolled back', async () => {
    const cells = cellsOf('Prisma');
    const [row] = cells.tables([1])['_prisma_migrations'] ?? [];
    const with2 = (more: object) =>
      statusesOf(
        worktreeOf(cells, [1]),
        tableOf({
          _prisma_migrations: [{ ...row }, { migration_name: '2', finished_at: null, rolled_back_at: null, ...more }],
        }),
      );
    expect(await with2({})).toMatchObject([{ state: 'unfinished', unfinished: ['2'], ahead: [] }]);
    expect(await with2({ rolled_back_at: '2026-01-01T00:00:00Z' })).toMatchObject([{ state: 'upToDate' }]);
  });

  it("is Knex's lock row", async () => {
    const cells = cellsOf('Knex');
    const tables = { ...cells.tables([1]), knex_migrations_lock: [{ is_locked: 1 }] };
    const statuses = await statusesOf(worktreeOf(cells, [1]), tableOf(tables));
    expect(statuses).toMatchObject([
      { state: 'locked', behind: [], notes: [expect.stringMatching(/lock/) as unknown] },
    ]);
  });
});

describe('what a tool does about it', () => {
  it('is told where it would not apply the branch', async () => {
    const skips = await told(cellsOf('Drizzle'), [1, 2, 3], [1, 3]);
    expect(skips.notes).toEqual(['Drizzle skips an older one.']);
    const refuses = await told(cellsOf('Knex'), [1], [1, 3]);
    expect(refuses.notes).toEqual(['Knex refuses to go on without their files.']);
    expect((await told(cellsOf('Knex'), [1, 2, 3], [1, 3])).notes).toEqual([]);
    // Drizzle's next major goes by names.
    const next = toolCells.filter(({ tool }) => tool === 'Drizzle')[1] as ToolCells;
    expect((await told(next, [1, 2, 3], [1, 3])).notes).toEqual([]);
  });
});

describe('a worktree', () => {
  it('may have several folders of one tool, and none that is meant is guessed', async () => {
    const cells = cellsOf('Knex');
    const files = { ...worktreeOf(cells, [1]), 'db/migrations/1_a.js': '' };
    expect(await statusesOf(files, () => ({ kind: 'none' }))).toMatchObject([
      { tool: 'Knex', state: 'unknown', notes: ['Several folders may be meant: migrations, db/migrations.'] },
    ]);
  });

  it('names folder and table, by a configuration or by the command', async () => {
    const knexfile =
      "module.exports = { migrations: { directory: './db/steps', tableName: 'steps' }, seeds: { directory: 'x' } }";
    const named = { ...cellsOf('Knex').around, 'knexfile.js': knexfile, 'db/steps/1_a.js': '' };
    expect(await statusesOf(named, tableOf({ steps: [{ name: '1_a.js' }] }))).toMatchObject([
      { folder: 'db/steps', state: 'upToDate' },
    ]);
    const computed = { ...named, 'knexfile.js': 'module.exports = { migrations: { tableName: process.env.T } }' };
    expect(await statusesOf(computed, () => ({ kind: 'none' }))).toMatchObject([{ state: 'unknown' }]);
    const pg = { ...cellsOf('node-pg-migrate').around, 'sql/1_a.sql': '' };
    const command = 'npx node-pg-migrate up -m sql --migrations-table=done';
    expect(await statusesOf(pg, tableOf({ done: [] }), command)).toMatchObject([{ folder: 'sql', behind: ['1_a'] }]);
  });

  it('whose command names another table is not known', async () => {
    for (const [tool, command] of [
      ['dbmate', 'dbmate --migrations-table other up'],
      ['goose', 'goose -table other up'],
    ] as const) {
      const files = worktreeOf(cellsOf(tool), [1]);
      expect(await statusesOf(files, () => ({ kind: 'none' }), command)).toMatchObject([{ tool, state: 'unknown' }]);
    }
  });

  it('of a package below it has its own', async () => {
    const cells = cellsOf('node-pg-migrate');
    const files = Object.fromEntries(
      Object.entries(worktreeOf(cells, [1])).map(([path, text]) => [`apps/api/${path}`, text]),
    );
    expect(await statusesOf(files, tableOf(cells.tables([1])))).toMatchObject([
      { folder: 'apps/api/migrations', state: 'upToDate' },
    ]);
  });
});

describe('where a tool has no migrations, or has them twice', () => {
  const below = (folder: string, files: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
  const cannot = 'Where its migrations lie is not known.';

  it.each(['Knex', 'Kysely', 'TypeORM', 'node-pg-migrate', 'Sequelize'])(
    '%s of a package that is there for its queries is not told beside the one that migrates',
    async (tool) => {
      const cells = cellsOf(tool);
      const files = {
        ...below('packages/db', worktreeOf(cells, [1, 3])),
        ...below('apps/api', cells.around),
      };
      const statuses = await statusesOf(files, tableOf(cells.tables([1, 3])));
      expect(statuses.map(({ folder, state }) => [folder, state])).toEqual([
        [`packages/db/${cells.folder}`, 'upToDate'],
      ]);
    },
  );

  it('is not known, and never ahead, where the database has some', async () => {
    const kysely = cellsOf('Kysely');
    const unusual = { ...kysely.around, 'src/steps/1_a.ts': '' };
    expect(await statusesOf(unusual, tableOf(kysely.tables([1])))).toMatchObject([
      { tool: 'Kysely', state: 'unknown', ahead: [], notes: [cannot] },
    ]);
    const knex = cellsOf('Knex');
    const listed = {
      ...knex.around,
      'knexfile.js': "module.exports = { migrations: { directory: ['./one', './two'] } }",
      'one/1_a.js': '',
    };
    expect(await statusesOf(listed, tableOf(knex.tables([1])))).toMatchObject([{ state: 'unknown', notes: [cannot] }]);
    expect(await statusesOf(listed, tableOf(knex.tables([])))).toEqual([]);
  });

  it("is nothing where the rows are those of Django's own applications", async () => {
    const cells = cellsOf('Django');
    expect(await statusesOf(cells.around, tableOf(cells.tables([])))).toEqual([]);
  });

  it('has what another folder of the same table has', async () => {
    const cells = cellsOf('Prisma');
    const files = { ...worktreeOf(cells, [1]), ...below('apps/b', worktreeOf(cells, [1, 3])) };
    const both = await statusesOf(files, tableOf(cells.tables([1, 3])));
    expect(both.map(({ folder, state }) => [folder, state])).toEqual([
      ['prisma/migrations', 'upToDate'],
      ['apps/b/prisma/migrations', 'upToDate'],
    ]);
    // What none of them has is still ahead.
    const statuses = await statusesOf(files, tableOf(cells.tables([1, 2, 3])));
    expect(statuses.map(({ ahead }) => ahead)).toEqual([[cells.name(2)], [cells.name(2)]]);
  });

  it('is not told of what is there for tests and as an example', async () => {
    const cells = cellsOf('goose');
    const files = {
      ...worktreeOf(cells, [1]),
      ...below('internal/testdata', worktreeOf(cells, [2])),
      ...below('examples/a', worktreeOf(cells, [3])),
    };
    expect(await statusesOf(files, tableOf(cells.tables([1])))).toMatchObject([
      { folder: 'migrations', state: 'upToDate' },
    ]);
  });
});

describe('Django', () => {
  it('takes what comes after one that stands for others as no branch of its own', async () => {
    const cells = cellsOf('Django');
    const of = (name: string, after: string, more = '') => ({
      [`app/migrations/${name}.py`]: `class Migration(migrations.Migration):\n    dependencies = [('app', '${after}')]\n${more}`,
    });
    const chain = { ...worktreeOf(cells, [1, 2]), ...of('0003_m', '0002_m') };
    const squashed = of('0002_squashed', '0001_m', "    replaces = [('app', '0002_m'), ('app', '0003_m')]\n");
    for (const after of ['0003_m', '0002_squashed']) {
      const files = { ...chain, ...squashed, ...of('0004_m', after) };
      const statuses = await statusesOf(files, tableOf(cells.tables([1, 2, 3])));
      expect(statuses).toMatchObject([{ state: 'behind', behind: ['app.0004_m'], older: [] }]);
    }
  });

  it('takes one that stands for others as applied when all of them are', async () => {
    const cells = cellsOf('Django');
    const squashed = {
      'app/migrations/0001_squashed.py':
        "class Migration(migrations.Migration):\n    replaces = [('app', '0001_m'), ('app', '0002_m')]\n    dependencies = []\n",
    };
    const files = { ...cells.around, ...squashed };
    expect(await statusesOf(files, tableOf(cells.tables([1, 2])))).toMatchObject([{ state: 'upToDate' }]);
    expect(await statusesOf(files, tableOf(cells.tables([1])))).toMatchObject([{ behind: ['app.0001_squashed'] }]);
  });

  it('goes by the label that an application gives itself', async () => {
    const cells = cellsOf('Django');
    const files = {
      ...worktreeOf(cells, [1]),
      'app/apps.py': "class A(AppConfig):\n    name = 'app'\n    label = 'shop'\n",
    };
    const tables = { django_migrations: [{ app: 'shop', name: '0001_m' }] };
    expect(await statusesOf(files, tableOf(tables))).toMatchObject([{ state: 'upToDate' }]);
  });
});

describe('Knex', () => {
  it('takes what was compiled for what it was made of', async () => {
    const files = { ...cellsOf('Knex').around, 'migrations/1_a.ts': '' };
    expect(await statusesOf(files, tableOf({ knex_migrations: [{ name: '1_a.js' }] }))).toMatchObject([
      { state: 'upToDate' },
    ]);
  });
});

describe('Sequelize', () => {
  it('is read in one go, whatever its .sequelizerc says', async () => {
    const files = { ...cellsOf('Sequelize').around, '.sequelizerc': "'migrations-path':x( ".repeat(20_000) };
    // Quadratic growth would take half a minute.
    await expect(statusesOf(files, tableOf({}))).resolves.toBeDefined();
  }, 3_000);
});

describe('MikroORM', () => {
  const cells = toolCells.find(({ tool }) => tool === 'MikroORM') as ToolCells;
  const config = 'src/mikro-orm.config.ts';
  const notes = async (text: string) => {
    const files = { ...worktreeOf(cells, [1]), [config]: text };
    const [status] = await statusesOf(files, tableOf(cells.tables([1])));
    return status?.notes;
  };

  it('is told of its snapshot where the database gives it the name', async () => {
    const told = [
      "migrations: { path: 'dist', pathTs: 'src/steps' }",
      "migrations: { pathTs: 'src/steps', snapshot: true }",
    ];
    for (const text of told) expect(await notes(text)).toEqual([expect.stringContaining('"snapshotName"')]);
    const quiet = ["{ pathTs: 'src/steps', snapshotName: '.snapshot' }", "{ pathTs: 'src/steps', snapshot: false }"];
    for (const text of quiet) expect(await notes(`migrations: ${text}`)).toEqual([]);
  });

  it('is read in one go, whatever its configuration says', async () => {
    // Quadratic growth would take minutes.
    expect(await notes('migrations:{'.repeat(40_000))).toHaveLength(1);
  }, 5_000);
});

describe('Umzug', () => {
  const program = (text: string) => ({
    'package.json': '{"dependencies":{"umzug":"3"}}',
    'tools/migrate.mjs': text,
    'tools/steps/1.sql': '',
    'steps/1.js': '',
  });
  const [none, storage] = [() => ({ kind: 'none' }) as const, 'storage: new SequelizeStorage({ sequelize })'];

  it('has its files where its program says, and nobody guesses', async () => {
    const of = async (text: string) => (await statusesOf(program(text), none))[0];
    expect(await of(`new Umzug({ migrations: { glob: 'steps/*.js' }, ${storage} })`)).toMatchObject({
      ...{ folder: 'steps', state: 'behind', behind: ['1.js'] },
    });
    const beside = `new Umzug<Context>({ migrations: { glob: ["steps/*.sql", { cwd: import.meta.dirname }] }, ${storage} })`;
    expect(await of(beside)).toMatchObject({ folder: 'tools/steps', behind: ['1.sql'] });
    for (const [text, why] of [
      ["new Umzug({ migrations: { glob: 'steps/*.js' }, storage: { executed } })", /own\.$/],
      [`new Umzug({ migrations: list, ${storage} })`, /^Where its migrations lie/],
      [
        "new Umzug({ migrations: { glob: 'steps/*.js' }, storage: new SequelizeStorage({ sequelize, tableName: of() }) })",
        /computed/,
      ],
    ] as const)
      expect(await of(text)).toMatchObject({ state: 'unknown', notes: [expect.stringMatching(why)] });
    expect(await statusesOf(program('import "umzug"'), none)).toEqual([]);
  });
});

describe('goose', () => {
  it('goes by the last row of a number', async () => {
    const cells = cellsOf('goose');
    const rows = [
      ...(cells.tables([1, 3])['goose_db_version'] ?? []),
      { id: 9, version_id: '20260103000000', is_applied: false },
    ];
    expect(await statusesOf(worktreeOf(cells, [1, 3]), tableOf({ goose_db_version: rows }))).toMatchObject([
      { state: 'behind', behind: [cells.name(3)] },
    ]);
  });
});

it('a table of another tool under the same name is told so', async () => {
  const dbmate = cellsOf('dbmate');
  const rows = [{ version: '1', dirty: false }];
  expect(await statusesOf(worktreeOf(dbmate, [1]), tableOf({ schema_migrations: rows }))).toMatchObject([
    { state: 'unknown', notes: ['The table schema_migrations is of another tool.'] },
  ]);
});
