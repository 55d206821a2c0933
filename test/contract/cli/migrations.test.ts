import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CliWorld } from './cliWorld';
import { asDbmate } from './dbmateSample';

interface Status {
  readonly database: string;
  readonly migrations: readonly {
    readonly tool: string;
    readonly state: string;
    readonly behind: readonly string[];
    readonly ahead: readonly string[];
    readonly older: readonly string[];
  }[];
}

/** What would lead a session, and a command, to another database, or make it another session. */
const hostile = { PGHOST: '192.0.2.1', PGDATABASE: 'postgres', PGUSER: 'nobody', PGOPTIONS: '-c search_path=nowhere' };

it("says how far an environment's database is, and migrates that one alone", async () => {
  const world = await CliWorld.create();
  try {
    await asDbmate(world);
    await world.json(['create', 'main']);
    await world.json(['create', 'topic']);
    const status = (name: string): Promise<Status> => world.json(['database', 'status', name], { env: hostile });
    // The server has a few seconds to tell, and a busy machine may take them: then it is asked again.
    const of = async (name: string) => {
      for (;;) {
        const [told] = (await status(name)).migrations;
        if (told?.state !== 'unknown') return told;
      }
    };
    expect(await of('topic')).toMatchObject({ tool: 'dbmate', folder: 'db/migrations', state: 'upToDate' });
    expect((await status('topic')).database).toBe('wt_topic');
    const write = (name: string, sql: string) =>
      writeFile(join(world.worktree('topic'), 'db', 'migrations', name), `-- migrate:up\n${sql};\n`);

    // A new one, before it is committed: the branch's database lacks it, and so it does after a failing one.
    await write('004-more.sql', 'CREATE TABLE more (n int) nonsense');
    expect(await of('topic')).toMatchObject({ state: 'behind', behind: ['004-more.sql'] });
    const failed = await world.cli(['database', 'migrate', 'topic'], { env: hostile });
    expect(failed.stderr).toMatch(
      /^database\.migrate: "node" ended with exit code 1: .*syntax error at or near "nonsense"/m,
    );
    expect(failed.stderr).toMatch(/^ {2}.*at .*migrate\.js/m);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(await of('topic')).toMatchObject({ state: 'behind', behind: ['004-more.sql'] });

    await write('004-more.sql', 'CREATE TABLE more (n int)');
    const migrated = await world.cli(['database', 'migrate', 'topic'], { env: hostile });
    expect(migrated).toMatchObject({ code: 0, stdout: 'wt_topic: dbmate in db/migrations: up to date\n' });
    expect(await of('main')).toMatchObject({ state: 'upToDate' });
    const owners = await world.sql<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE datname LIKE 'wt\\_%' ORDER BY 1",
    );
    expect(owners.map(({ datname }) => datname)).toEqual(['wt_main', 'wt_topic']);

    // Another branch's, older, comes by a merge.
    await write('0031-older.sql', 'CREATE TABLE older (n int)');
    expect(await of('topic')).toMatchObject({
      state: 'diverged',
      behind: ['0031-older.sql'],
      older: ['0031-older.sql'],
    });
    const text = await world.cli(['database', 'status', 'topic']);
    expect(text.stdout).toBe(
      [
        'wt_topic: dbmate in db/migrations: diverged, 1 behind, 1 of them older',
        '  lacks: 0031-older.sql',
        '  of these, older than one that it has: 0031-older.sql',
        '',
      ].join('\n'),
    );
    expect(await world.json(['database', 'migrate', 'topic'])).toMatchObject({ migrations: [{ state: 'upToDate' }] });
    await rm(join(world.worktree('topic'), 'db', 'migrations', '004-more.sql'));
    expect(await of('topic')).toMatchObject({ state: 'ahead', ahead: ['004'] });

    // What nobody has approved does not run, and a worktree without an environment has no database to run it on.
    const file = join(world.worktree('topic'), 'coppice.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('node db/migrate.js', 'node ./db/migrate.js'));
    const unapproved = await world.cli(['database', 'migrate', 'topic']);
    expect(unapproved).toMatchObject({ code: 11, stdout: '' });
    expect(unapproved.stderr).toContain('database.migrate: node ./db/migrate.js');
    await world.git('worktree', 'add', '-q', '-b', 'bare', join(world.folder, 'bare'));
    for (const command of ['status', 'migrate'])
      expect(await world.cli(['database', command, 'bare'])).toMatchObject({ code: 8, stdout: '' });
  } finally {
    await world.dispose();
  }
}, 300_000);
