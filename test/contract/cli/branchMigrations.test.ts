import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../support/until';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';
import { asDbmate } from './dbmateSample';

interface Status {
  readonly migrations: readonly { readonly state: string; readonly behind: readonly string[] }[];
}

let world: CliWorld;
beforeAll(async () => {
  world = await CliWorld.create();
  await asDbmate(world);
}, 60_000);
afterAll(() => world.dispose());

const migration = (at: string, name: string): string => join(at, 'db', 'migrations', name);
const write = (at: string, name: string, sql: string): Promise<void> =>
  writeFile(migration(at, name), `-- migrate:up\n${sql};\n`);

/** A branch of the one that is named, with a migration of its own. */
async function branch(name: string, file: string, sql: string, from = 'main'): Promise<void> {
  await world.git('checkout', '-q', '-b', name, from);
  await write(world.repository, file, sql);
  await world.git('add', '-A');
  await world.git('commit', '-qm', `Migration ${file}`);
  await world.git('checkout', '-q', 'main');
}

/** As news say it. */
const step = (stderr: string): string | undefined => /^[✓!] \d+\/\d+ Migrate the database.*$/m.exec(stderr)?.[0];
const tables = async (database: string): Promise<string[]> => {
  const text = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
  return (await world.postgres.sql<{ tablename: string }>(text, database)).map(({ tablename }) => tablename);
};
/** The server has a few seconds to tell, and a busy machine may take them: then it is asked again. */
async function state(name: string): Promise<string> {
  for (;;) {
    const { migrations } = await world.json<Status>(['database', 'status', name]);
    const [told] = migrations;
    if (told?.state !== 'unknown') return [told?.state, ...(told?.behind ?? [])].join(' ');
  }
}

it("a branch's migration is in its environment and in no other, and the default branch's in the next one", async () => {
  const plain = await world.cli(['create', 'plain']);
  expect(plain.code).toBe(0);
  expect(step(plain.stderr)).toContain('nothing to run');
  await branch('feature', '010-mine.sql', 'CREATE TABLE mine (n int)');
  expect((await world.cli(['create', 'feature', '--dry-run'])).stdout).toMatch(/migrate +Migrate the database +after /);
  const made = await world.cli(['create', 'feature']);
  expect([made.code, step(made.stderr)]).toEqual([0, expect.not.stringContaining('nothing to run')]);
  expect(await state('feature')).toBe('upToDate');
  expect(await tables('wt_feature')).toContain('mine');
  expect(await tables('wt_plain')).not.toContain('mine');
  // A reset is none of it: what the branch has comes with it.
  await world.postgres.sql('DROP TABLE mine', 'wt_feature');
  expect((await world.cli(['database', 'reset', 'feature'])).code).toBe(0);
  expect([await state('feature'), (await tables('wt_feature')).includes('mine')]).toEqual(['upToDate', true]);
  // It came from the template, which knows nothing of it.
  const again = await world.cli(['create', 'another']);
  expect([step(again.stderr), (await tables('wt_another')).includes('mine')]).toEqual([
    expect.stringContaining('nothing to run'),
    false,
  ]);

  await write(world.repository, '004-ours.sql', 'CREATE TABLE ours (n int)');
  await world.git('add', '-A');
  await world.git('commit', '-qm', 'Ours');
  const next = await world.cli(['create', 'next']);
  expect([next.code, step(next.stderr)]).toEqual([0, expect.stringContaining('nothing to run')]);
  expect(await tables('wt_next')).toContain('ours');

  // A branch that has not got it yet is only older: nothing is run, and that is said.
  const old = await world.cli(['create', 'old', '--from', 'plain']);
  expect([old.code, step(old.stderr)]).toEqual([0, expect.stringContaining('1 ahead of this branch')]);

  // One that gets it is behind until its update.
  await world.gitIn(world.worktree('plain'), 'merge', '-q', 'main');
  expect(await state('plain')).toBe('behind 004-ours.sql');
  const updated = await world.cli(['create'], { cwd: world.worktree('plain') });
  expect([updated.code, step(updated.stderr)]).toEqual([0, expect.not.stringContaining('nothing to run')]);
  expect([await state('plain'), await tables('wt_plain')]).toEqual(['upToDate', expect.arrayContaining(['ours'])]);
  const twice = await world.cli(['create'], { cwd: world.worktree('plain') });
  expect(step(twice.stderr)).toContain('nothing to run');
  for (const name of ['plain', 'another', 'next', 'old'])
    expect(await world.cli(['delete', name, '--discard', 'database'])).toMatchObject({ code: 0 });
}, 300_000);

it('one that fails leaves an environment that is not ready, and an update leaves what runs as it is', async () => {
  await branch('bad', '020-bad.sql', 'CREATE TABLE bad (n int) nonsense');
  const agent = join(world.folder, 'agent.cjs');
  await writeFile(agent, "require('node:fs').writeFileSync('agent-ran', '');");
  const made = await world.cli(['create', 'bad', '--go'], { env: { COPPICE_AGENT_COMMAND: `node ${agent}` } });
  expect(made.code).toBe(10);
  expect(made.stdout).toMatch(/^database\.migrate: "node" ended with exit code 1: .*near "nonsense"\n {2}\$ node db/m);
  expect(made.stdout).toContain('"coppice database migrate" runs it again on wt_bad');
  expect(made.stderr).toContain('The agent is not started');
  const folder = world.worktree('bad');
  expect(await readFile(join(folder, 'agent-ran')).catch(() => 'none')).toBe('none');
  const pods = () => world.objects('/api/v1/namespaces/worktree-bad/pods');
  const before = await pods();
  expect(before).toHaveLength(3);
  const waited = await world.cli(['wait', 'bad']);
  expect([waited.code, waited.stdout + waited.stderr]).toEqual([
    10,
    expect.stringContaining('wt_bad lacks migrations'),
  ]);
  const update = await world.cli(['create'], { cwd: folder });
  expect([update.code, await pods()]).toEqual([1, before]);
  expect(update.stderr).toMatch(/near "nonsense"\n {2}\$ node db\/migrate\.js\n/);
  expect(update.stderr).toContain('The services were left as they are.');

  await write(folder, '020-bad.sql', 'CREATE TABLE good (n int)');
  expect((await world.cli(['database', 'migrate', 'bad'])).code).toBe(0);
  const mended = await world.json<CreatedJson>(['create'], { cwd: folder });
  expect(mended).toMatchObject({ ready: true, notes: [] });
  expect((await world.cli(['wait', 'bad'])).code).toBe(0);
}, 300_000);

it('killed in its midst, it is run again by the next try, and what was left of it is ended', async () => {
  await branch('slow', '030-slow.sql', 'SELECT pg_sleep(600)');
  const running = world.start(['create', 'slow']);
  const sleeping = () =>
    world.sql<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE datname = 'wt_slow' AND query ~ 'pg_sleep'");
  await until(async () => (await sleeping()).length === 1, 60_000);
  running.child.kill('SIGKILL');
  await running.done;
  const [left] = await sleeping();
  expect(left).toBeDefined();
  // It goes on alone.
  await write(world.worktree('slow'), '030-slow.sql', 'CREATE TABLE slow (n int)');
  const made = await world.json<CreatedJson>(['create', 'slow']);
  expect(made).toMatchObject({ ready: true, database: 'wt_slow' });
  expect(await sleeping()).toEqual([]);
  expect([await state('slow'), await tables('wt_slow')]).toEqual(['upToDate', expect.arrayContaining(['slow'])]);
}, 300_000);

it('a template that its migrate left unfinished is none, whatever the command says of it', async () => {
  const lock = join(world.repository, 'prisma', 'migrations');
  await mkdir(join(lock, '1_a'), { recursive: true });
  await writeFile(join(lock, 'migration_lock.toml'), 'provider = "postgresql"\n');
  await writeFile(join(lock, '1_a', 'migration.sql'), 'CREATE TABLE a (n int);\n');
  const script = join(world.repository, 'db', 'migrate.js');
  const text = await readFile(script, 'utf8');
  // As a script does that passes over the tool's own failure.
  const table =
    'CREATE TABLE IF NOT EXISTS _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz)';
  const insert = "INSERT INTO _prisma_migrations VALUES ('1_a', NULL, NULL)";
  const left = `  await client.query(\`${table}\`);\n  await client.query(\`${insert}\`);\n} finally {`;
  await writeFile(script, text.replace('} finally {', left));
  await world.git('add', '-A');
  await world.git('commit', '-qm', 'Prisma');
  const refused = await world.cli(['create', 'unfinished']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('and left 1_a of Prisma unfinished.');
  expect(refused.stderr).toContain('Each clone of the template would have that, too. Prisma applies no other one');
  const { databases } = await world.databases();
  expect(databases.filter((name) => /^(?:wt_unfinished|coppice_tmp)/.test(name))).toEqual([]);
  expect(await world.git('worktree', 'list')).not.toContain('unfinished');
  await writeFile(script, text);
  await world.git('commit', '-qam', 'As it was');
  expect(await world.json<CreatedJson>(['create', 'unfinished'])).toMatchObject({ ready: true });
}, 300_000);
