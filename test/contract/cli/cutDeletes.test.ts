import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import { cliMachine } from '../../support/cliMachine';
import type { CreatedJson, ListJson } from './cliJson';
import { CliWorld, messageLines, type CliResult, type RunningCli } from './cliWorld';

const web = `require('node:http').createServer((_, answer) => answer.end('here')).listen(Number(process.env.PORT))`;
const environmentFile = `version: 1
services:
  web: {command: [node, -e, "${web}"], port: 3000, routes: [/], health: /}
database: {template: fibonacci_template, migrate: "node db/migrate.js", seed: "node db/seed.js"}
`;

/** Eight creates at once in each of two repositories, five times over. */
const isWhole = process.env['COPPICE_CREATES'] === 'all';

/** All on a path with spaces, and signs that a shell would read. */
describe('what is cut off, or done at once, on a path with spaces', { timeout: isWhole ? 3_600_000 : 240_000 }, () => {
  let world: CliWorld;
  let other: string;
  beforeAll(async () => {
    world = await CliWorld.create({ within: "My Disk (1) & it's" });
    other = await cliMachine.sampleRepository(join(world.folder, 'another place'));
    for (const root of [world.repository, other]) {
      await writeFile(join(root, 'coppice.yaml'), environmentFile);
      await world.gitIn(root, 'commit', '--quiet', '--all', '--message', 'one service');
    }
    await world.json(['create', 'main']);
  }, 120_000);
  afterAll(() => world.dispose());

  const stepsOf = (running: RunningCli): number => (running.stderr().match(/^✓ \d+\/\d+/gm) ?? []).length;
  /** Begun, and with so many steps done, or at its end before that. */
  const begun = async (args: readonly string[], steps: number): Promise<RunningCli> => {
    const running = world.start(args);
    let isOver = false;
    void running.done.then(() => (isOver = true));
    await until(() => isOver || stepsOf(running) >= steps, 120_000);
    return running;
  };
  const killed = async ({ child, done }: RunningCli): Promise<CliResult> => {
    child.kill('SIGKILL');
    return done;
  };

  const work = async (branch: string): Promise<string> => {
    const { path } = await world.json<CreatedJson>(['create', branch]);
    await writeFile(join(path, 'draft.txt'), 'a thought');
    return path;
  };
  const deleting = (branch: string) => ['delete', branch, '--discard', 'untracked,database'];

  it('a delete that is killed after each of its steps is finished by the same command, and undone by an undo that is killed as well', async () => {
    const before = await world.everything();
    const path = await work('cut');
    const whole = await world.everything();
    let result: CliResult | undefined;
    let kills = 0;
    for (let steps = 1; result?.code !== 0 && steps < 20; steps++) {
      result = await killed(await begun(deleting('cut'), steps));
      if (result.code === null) kills++;
      // What is left of it is the branch, or nothing: then the worktree is in the trash.
      if (!existsSync(path) && (await world.git('worktree', 'list')).includes('cut') === false) break;
    }
    expect(kills).toBeGreaterThan(2);
    if (result?.code !== 0 && (await world.git('branch', '--list', 'cut')) !== '')
      expect(await world.cli(deleting('cut'))).toMatchObject({ code: 0 });
    expect(await world.everything()).toEqual(before);

    const trash = join(world.repository, '.git', 'coppice-trash');
    for (const moment of [async () => (await world.git('branch', '--list', 'cut')) !== '', () => existsSync(path)]) {
      const undoing = world.start(['undo', 'cut']);
      let isOver = false;
      void undoing.done.then(() => (isOver = true));
      await until(async () => isOver || (await moment()), 60_000);
      await killed(undoing);
      if (existsSync(path) && (await world.git('worktree', 'list')).includes(path)) break;
    }
    if (!(await world.git('worktree', 'list')).includes('cut')) await world.json(['undo', 'cut']);
    expect(existsSync(trash)).toBe(true);
    expect(await readFile(join(path, 'draft.txt'), 'utf8')).toBe('a thought');
    expect(await world.gitIn(path, 'status', '--porcelain', '--branch')).toBe('## cut\n?? draft.txt');
    expect(await world.json(['create'], { cwd: path })).toMatchObject({ path, ready: true });
    expect(await world.everything()).toEqual(whole);
    expect(await world.cli(deleting('cut'))).toMatchObject({ code: 0 });
    expect(await world.everything()).toEqual(before);
  });

  it('a delete whose cluster is killed in the middle says so or is done, and the same command finishes it', async () => {
    const before = await world.everything();
    const path = await work('without');
    const running = await begun(deleting('without'), 1);
    const text = await readFile(join(world.home, 'cluster', 'cluster.json'), 'utf8');
    process.kill((JSON.parse(text) as { pid: number }).pid, 'SIGKILL');
    const { code, stderr } = await running.done;
    if (code !== 0) {
      expect(messageLines(stderr)).not.toEqual([]);
      expect(stderr).not.toMatch(/bug|undefined|\bat .*\.js/);
      expect(await readFile(join(path, 'draft.txt'), 'utf8')).toBe('a thought');
      expect(await world.cli(deleting('without'))).toMatchObject({ code: 0 });
    }
    expect(await world.cli(['cluster', 'start'])).toMatchObject({ code: 0 });
    expect(await world.everything()).toEqual(before);
    expect((await world.json<ListJson>(['list'])).orphans).toEqual([]);
  });

  it('creates of the same branches in two repositories of one name all succeed at once, and share nothing', async () => {
    // Templates stay, of each repository its own.
    const environments = async () => {
      const { databases, roles: _, ...rest } = await world.everything();
      return { ...rest, databases: (databases as string[]).filter((name) => name.startsWith('wt_')) };
    };
    const before = await environments();
    const branches = isWhole ? ['a/b', 'a-b', 'A/B', 'a_b', 'one', 'two', 'three', 'four'] : ['a/b', 'a-b'];
    const all = [world.repository, other].flatMap((cwd) => branches.map((branch) => ({ cwd, branch })));
    for (let round = 0; round < (isWhole ? 5 : 1); round++) {
      const made = await Promise.all(
        all.map(({ cwd, branch }) => world.json<CreatedJson>(['create', branch], { cwd })),
      );
      expect(made.map(({ branch, ready }) => [branch, ready])).toEqual(all.map(({ branch }) => [branch, true]));
      for (const field of ['path', 'slug', 'namespace', 'database', 'host', 'url'] as const)
        expect(new Set(made.map((one) => one[field])).size, field).toBe(all.length);
      const gone = await Promise.all(
        made.map(({ path }, index) =>
          world.cli(['delete', path, '--discard', 'database'], { cwd: all[index]?.cwd ?? '' }),
        ),
      );
      expect(gone.map(({ code, stdout }) => [code, stdout])).toEqual(
        made.map(({ path }) => [0, `${path}: environment deleted, worktree deleted, branch deleted\n`]),
      );
      expect(await environments()).toEqual(before);
      for (const cwd of [world.repository, other])
        expect((await world.json<ListJson>(['list'], { cwd })).orphans).toEqual([]);
    }
  });
});
