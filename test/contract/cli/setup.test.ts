import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CliWorld, messageLines } from './cliWorld';

let world: CliWorld;
beforeAll(async () => void (world = await CliWorld.create()));
afterAll(() => world.dispose());

/** Writes what it was given where it runs, and fails where the worktree says so. */
const script = `
const { existsSync, appendFileSync } = require('node:fs');
appendFileSync('ran.log', [process.argv[2], process.env.WORKTREE_NAME, process.env.COPPICE_MAIN_WORKTREE].join(' ') + '\\n');
appendFileSync('pg.log', [process.env.PGHOST, process.env.PGDATABASE].join(' ') + '\\n');
console.log('setting up ' + process.argv[2]);
if (existsSync('fail.txt')) { console.error('Error: the registry is away'); process.exit(3); }
`;

async function commitSetup(): Promise<void> {
  const file = join(world.repository, 'coppice.yaml');
  const setup = `setup:\n  - node setup.cjs one\n  - {command: [node, setup.cjs, two], inputs: [two.txt]}\n`;
  await writeFile(file, `${await readFile(file, 'utf8')}${setup}`);
  await writeFile(join(world.repository, 'setup.cjs'), script);
  await writeFile(join(world.repository, '.gitignore'), '*.log\nnode_modules\n', { flag: 'a' });
  await world.git('add', '-A');
  await world.git('commit', '-m', 'setup');
}

it('a setup that fails is told by its own words, starts nothing and leaves nothing; the next try finishes it', async () => {
  await commitSetup();
  await world.git('checkout', '-q', '-b', 'broken');
  await writeFile(join(world.repository, 'fail.txt'), '');
  await world.git('add', '-A');
  await world.git('commit', '-m', 'broken');
  await world.git('checkout', '-q', 'main');

  const before = await world.everything();
  const unapproved = await world.cli(['create', 'broken'], { isApproved: false });
  expect(unapproved.code).toBe(11);
  expect(unapproved.stderr).toContain('setup[0]: node setup.cjs one');
  expect(await world.everything()).toEqual(before);

  const failed = await world.cli(['create', 'broken']);
  expect(failed.code).toBe(1);
  expect(messageLines(failed.stderr)).toEqual(['setup[0]: "node" ended with exit code 3: Error: the registry is away']);
  const log = /All that it printed: (.*\.log)/.exec(failed.stderr)?.[1] ?? '';
  expect(log.startsWith(join(world.home, 'logs', 'setup'))).toBe(true);
  expect(await readFile(log, 'utf8')).toBe(
    '$ node setup.cjs one\nsetting up one\nError: the registry is away\n[exit code 3]\n',
  );
  const folder = world.worktree('broken');
  expect(existsSync(folder)).toBe(false);
  expect(await world.objects('/apis/apps/v1/deployments')).toEqual([]);
  expect((await world.databases()).databases).not.toContain('wt_broken');
}, 240_000);

it('a worktree is set up before its services start, once per content of what is read', async () => {
  const made = await world.json<{ readonly worktree: { readonly path: string } }>([
    'create',
    'topic',
    '--from',
    'main',
  ]);
  const folder = world.worktree('topic');
  expect(made).toBeDefined();
  const ran = async () => (await readFile(join(folder, 'ran.log'), 'utf8')).trimEnd().split('\n');
  const main = world.repository;
  expect(await ran()).toEqual([`one topic ${main}`, `two topic ${main}`]);

  expect(await world.json(['setup', 'topic'])).toMatchObject({ ran: 0 });
  await writeFile(join(folder, 'two.txt'), 'changed');
  expect(await world.json(['setup', 'topic'])).toMatchObject({ ran: 1 });
  await world.json(['create'], { cwd: folder });
  expect(await ran()).toHaveLength(3);
  // What the shell that calls says of a database is about another one, and so is a copied .env.
  const env = { PGHOST: 'of-the-caller', PGDATABASE: 'of_the_caller' };
  const { stdout } = await world.cli(['setup', '--force'], { cwd: folder, env });
  const seen = await readFile(join(folder, 'pg.log'), 'utf8');
  expect(new Set(seen.trimEnd().split('\n'))).toEqual(new Set(['no-database-yet.coppice.invalid none']));
  expect(stdout).toBe('2 setup commands of topic ran.\n');
  expect(await ran()).toHaveLength(5);

  // What runs is what the worktree's own file says, and nobody has approved this.
  const file = join(folder, 'coppice.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('node setup.cjs one', 'node setup.cjs other'));
  expect((await world.cli(['setup'], { cwd: folder })).code).toBe(11);
  expect((await world.cli(['setup', '--yes'], { cwd: folder })).code).toBe(0);
  expect((await ran()).slice(5)).toEqual([`other topic ${main}`, `two topic ${main}`]);
  expect((await readdir(join(world.home, 'logs', 'setup'))).length).toBeGreaterThan(5);
}, 240_000);
