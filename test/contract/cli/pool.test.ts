import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmProject } from '../../support/npmProject';
import { CliWorld } from './cliWorld';

interface PoolJson {
  readonly size: number;
  readonly spares: readonly {
    readonly folder: string;
    readonly state: string;
    readonly has: string;
    readonly why: string | null;
  }[];
}

interface FilledJson {
  readonly made: readonly string[];
  readonly removed: readonly string[];
  readonly released: readonly string[];
  readonly why: string | null;
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
describe('the pool, filled by hand', { timeout: 90_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    // Whether this machine has room is another test's.
    Object.assign(world.env, { COPPICE_POOL_SIZE: '1', COPPICE_START_FREE_MEMORY: '0' });
    await npmProject(world.repository, world.env);
    await writeFile(join(world.repository, '.gitignore'), 'node_modules/\n.note\n');
    await writeFile(join(world.repository, 'server.js'), server);
    await writeFile(join(world.repository, 'note.js'), note);
    await writeFile(join(world.repository, 'coppice.yaml'), file);
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'with dependencies');
  }, 120_000);
  afterAll(() => world?.dispose());

  const spare = (): string => world.worktree('_spare-1');
  const pool = (): Promise<PoolJson> => world.json<PoolJson>(['pool']);
  const fill = (): Promise<FilledJson> => world.json<FilledJson>(['pool', 'fill']);

  it('is off unless somebody wants it', async () => {
    const filled = await world.cli(['pool', 'fill'], { env: { COPPICE_POOL_SIZE: undefined } });
    expect(filled).toMatchObject({ code: 0, stdout: 'Nothing was to be done.\n' });
    const status = await world.cli(['pool'], { env: { COPPICE_POOL_SIZE: undefined } });
    expect(status.stdout).toBe('0 spare worktrees ready, none is kept (coppice.pool.size is 0).\n');
  });

  it('is one worktree, in which nothing runs that nobody has approved, and which is none of those of people', async () => {
    expect(await fill()).toEqual({ made: [spare()], removed: [], released: [], why: null });
    const { spares } = await pool();
    expect(spares).toMatchObject([{ folder: spare(), state: 'ready', has: 'checkout' }]);
    expect(spares[0]?.why).toContain('nobody has approved npm ci --offline');
    expect(existsSync(join(spare(), 'node_modules'))).toBe(false);
    const { worktrees, spares: listed } = await world.json<{ worktrees: { path: string }[]; spares: string[] }>([
      'list',
    ]);
    expect(worktrees.map(({ path }) => path)).toEqual([world.repository]);
    expect(listed).toEqual([spare()]);
    expect((await world.cli(['list'])).stdout).toContain('1 spare worktree is kept for the next create');
    // Whoever means it by its name is told what it is.
    const deleted = await world.cli(['delete', '_spare-1']);
    expect(deleted.code).not.toBe(0);
    expect(deleted.stderr).toContain(`${spare()} is kept for the next create`);
    const made = await world.cli(['create'], { cwd: spare() });
    expect(made.code).not.toBe(0);
    expect(made.stderr).toContain('is kept for the next create');
    expect((await world.cli(['doctor'])).stdout).toContain('1 spare worktree is kept for the next create');
    // Once more there is nothing to do.
    expect(await fill()).toEqual({ made: [], removed: [], released: [], why: null });
  });

  it('has its dependencies once their install was approved, and nothing else that setup makes', async () => {
    // Who approves a setup in the main worktree approves it by its content.
    expect((await world.cli(['setup', '--yes'])).code).toBe(0);
    expect(await fill()).toMatchObject({ made: [], removed: [] });
    expect((await pool()).spares).toMatchObject([{ state: 'ready', has: 'dependencies', why: null }]);
    expect(await readdir(join(spare(), 'node_modules'))).toContain('greeter');
    expect(existsSync(join(spare(), '.note'))).toBe(false);
  });

  it('is made anew when the lockfile is another, and stays when other files are', async () => {
    await writeFile(join(world.repository, 'readme.txt'), 'news\n');
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'news');
    expect(await fill()).toMatchObject({ made: [], removed: [] });
    await writeFile(join(world.repository, '.npmrc'), 'audit=false\n');
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '-m', 'npmrc');
    expect((await pool()).spares).toMatchObject([{ state: 'outdated' }]);
    expect(await fill()).toMatchObject({ made: [spare()], removed: [spare()] });
    expect(existsSync(join(spare(), '.npmrc'))).toBe(true);
  });

  it('leaves what somebody has put into it to them: it is a worktree like any other then', async () => {
    await writeFile(join(spare(), 'idea.txt'), 'mine');
    expect((await pool()).spares).toMatchObject([{ state: 'used', why: 'idea.txt' }]);
    const emptied = await world.json<FilledJson>(['pool', 'empty']);
    expect(emptied).toMatchObject({ removed: [], released: [spare()] });
    const { worktrees } = await world.json<{ worktrees: { path: string }[] }>(['list']);
    expect(worktrees.map(({ path }) => path)).toEqual([world.repository, spare()]);
    const refused = await world.cli(['delete', spare()]);
    expect(refused.stderr).toContain('idea.txt');
    // The next one goes elsewhere.
    expect(await fill()).toMatchObject({ made: [world.worktree('_spare-2')] });
    expect((await world.cli(['pool', 'fill'], { env: { COPPICE_POOL_SIZE: '0' } })).stdout).toContain('removed');
    expect((await pool()).spares).toEqual([]);
    expect(existsSync(join(spare(), 'idea.txt'))).toBe(true);
  });

  it('waits while this machine has no room, and says why', async () => {
    const filled = await world.json<FilledJson>(['pool', 'fill'], { env: { COPPICE_START_FREE_MEMORY: '1048576' } });
    expect(filled).toMatchObject({ made: [], why: expect.stringContaining('start.freeMemory') });
    expect((await pool()).spares).toEqual([]);
  });

  it('is none where git could not move it', async () => {
    expect(await fill()).toMatchObject({ made: [expect.any(String)] });
    await world.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', './', 'inner');
    await world.git('commit', '--quiet', '-m', 'a submodule');
    const filled = await fill();
    expect(filled).toMatchObject({ made: [], why: expect.stringContaining('submodules') });
    expect(filled.removed).toHaveLength(1);
  });
});
