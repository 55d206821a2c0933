import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmProject } from '../../support/npmProject';
import { until } from '../../support/until';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

interface PoolJson {
  readonly busy: string | null;
  readonly spares: readonly { readonly folder: string; readonly state: string; readonly has: string }[];
}

const file = `version: 1
setup: [npm ci --offline, node note.js]
services: {web: {command: node server.js, port: 3000, routes: [/]}}
`;
const server = `const { createServer } = require('node:http');
createServer((_, answer) => answer.end(require('greeter'))).listen(Number(process.env.PORT), '127.0.0.1');
`;
/** What only an environment can say. */
const note = "require('node:fs').writeFileSync('.note', String(process.env.WORKTREE_NAME));\n";

// One story: a test goes on where the one before ended.
describe('creates that claim what was kept ready', { timeout: 300_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    Object.assign(world.env, { COPPICE_POOL_SIZE: '1', COPPICE_START_FREE_MEMORY: '0' });
    await npmProject(world.repository, world.env);
    await writeFile(join(world.repository, '.gitignore'), 'node_modules/\n.note\n');
    await writeFile(join(world.repository, 'server.js'), server);
    await writeFile(join(world.repository, 'note.js'), note);
    await writeFile(join(world.repository, 'coppice.yaml'), file);
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'with dependencies');
  }, 120_000);
  afterAll(async () => {
    if (!world) return;
    await until(async () => (await pool()).busy === null, 120_000);
    await world.dispose();
  }, 240_000);

  const pool = (): Promise<PoolJson> => world.json<PoolJson>(['pool']);
  /** What was made in the background. @returns the folder of the dependencies in it, by which it is known again */
  const whenReady = async (): Promise<number> => {
    let folder = '';
    await until(async () => {
      const { spares, busy } = await pool();
      folder = spares.find(({ state, has }) => state === 'ready' && has === 'dependencies')?.folder ?? '';
      return busy === null && folder !== '';
    }, 120_000);
    return modulesOf(folder);
  };
  const modulesOf = async (folder: string): Promise<number> => (await stat(join(folder, 'node_modules'))).ino;
  const expectWhole = async (created: CreatedJson, branch: string): Promise<void> => {
    const folder = world.worktree(branch);
    expect(await world.gitIn(folder, 'symbolic-ref', '--short', 'HEAD')).toBe(branch);
    expect(await world.gitIn(folder, 'status', '--porcelain')).toBe('');
    expect(await readFile(join(folder, '.note'), 'utf8')).toBe(branch);
    expect((await world.fetch(created.url ?? '')).text).toBe('greeter 1.0.0');
    expect(await world.gitIn(folder, 'rev-parse', 'HEAD')).toBe(await world.git('rev-parse', 'HEAD'));
    const [head, listed] = [await world.git('rev-parse', 'HEAD'), await world.git('worktree', 'list', '--porcelain')];
    expect(listed.split('\n\n')).toContain(`worktree ${folder}\nHEAD ${head}\nbranch refs/heads/${branch}`);
  };

  it('the first finds none, and has one made in the background', async () => {
    await expectWhole(await world.json<CreatedJson>(['create', 'one']), 'one');
    await whenReady();
  });

  it('the next has it in its place, with its dependencies and what setup makes of its own; and another one is made', async () => {
    const ready = await whenReady();
    const created = await world.json<CreatedJson>(['create', 'two']);
    expect(await modulesOf(world.worktree('two'))).toBe(ready);
    await expectWhole(created, 'two');
    expect(await whenReady()).not.toBe(ready);
  });

  it('of two at once one claims it, and the other is made otherwise', async () => {
    const ready = await whenReady();
    const [three, four] = await Promise.all([
      world.json<CreatedJson>(['create', 'three']),
      world.json<CreatedJson>(['create', 'four']),
    ]);
    await expectWhole(three, 'three');
    await expectWhole(four, 'four');
    const found = await Promise.all(['three', 'four'].map((branch) => modulesOf(world.worktree(branch))));
    expect(found.filter((each) => each === ready)).toHaveLength(1);
  });

  it('one starts from another commit that has the same lockfiles, and has its files', async () => {
    const ready = await whenReady();
    await writeFile(join(world.repository, 'later.txt'), 'later\n');
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'later');
    const created = await world.json<CreatedJson>(['create', 'five']);
    expect(await modulesOf(world.worktree('five'))).toBe(ready);
    expect(await readFile(join(world.worktree('five'), 'later.txt'), 'utf8')).toBe('later\n');
    await expectWhole(created, 'five');
  });

  it('one leaves alone what somebody works in, and what has other dependencies', async () => {
    const ready = await whenReady();
    const { folder = '' } = (await pool()).spares[0] ?? {};
    await writeFile(join(world.repository, '.npmrc'), 'audit=false\n');
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'npmrc');
    const created = await world.json<CreatedJson>(['create', 'six'], { env: { COPPICE_POOL_SIZE: '2' } });
    await expectWhole(created, 'six');
    expect(await modulesOf(world.worktree('six'))).not.toBe(ready);
    const made = await whenReady();
    expect(made).not.toBe(ready);
    await writeFile(join(folder, 'idea.txt'), 'mine');
    const other = await world.json<CreatedJson>(['create', 'seven'], { env: { COPPICE_POOL_SIZE: '1' } });
    await expectWhole(other, 'seven');
    const holders = [folder, world.worktree('seven')].filter((each) => existsSync(join(each, 'idea.txt')));
    expect(holders).toEqual([folder]);
  });

  it('are deleted and brought back as others are', async () => {
    await world.json(['delete', 'two', '--discard', 'ignored', '--discard', 'database']);
    expect(existsSync(world.worktree('two'))).toBe(false);
    expect((await world.cli(['undo', 'two'])).code).toBe(0);
    expect(await readdir(join(world.worktree('two'), 'node_modules'))).toContain('greeter');
    await expectBranch('two');
  });

  const expectBranch = async (branch: string): Promise<void> =>
    expect(await world.gitIn(world.worktree(branch), 'symbolic-ref', '--short', 'HEAD')).toBe(branch);
});
