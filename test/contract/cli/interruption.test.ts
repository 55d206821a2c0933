import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import type { CreatedJson, ListJson } from './cliJson';
import { CliWorld, messageLines, type RunningCli } from './cliWorld';

describe('a create that is cut off, or not alone', { timeout: 60_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'main']);
  }, 60_000);
  afterAll(() => world.dispose());

  /** Copied into each worktree of the branch `parts`, as git ignores them everywhere; the first of them are patched. */
  const dataFiles = Array.from({ length: 400 }, (_, index) => `e${String(index).padStart(2, '0')}`);
  const patched = dataFiles.slice(0, 20);

  /** A branch whose environments have each step that a create may have. */
  async function commitParts(): Promise<void> {
    const data = join(world.repository, 'data');
    if (existsSync(data)) return;
    await mkdir(data);
    for (const name of dataFiles) await writeFile(join(data, name), `${name}=1\n`);
    await writeFile(join(world.repository, '.git', 'info', 'exclude'), '/data/\n', { flag: 'a' });
    await world.git('checkout', '--quiet', '-b', 'parts');
    const setup = `const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
      writeFileSync('data/begun', String(process.pid));
      const look = setInterval(() => {
        if (existsSync(process.env.HOLD)) return;
        clearInterval(look);
        appendFileSync('data/done', 'done\\n');
      }, 20);`;
    await writeFile(join(world.repository, 'setup.cjs'), setup);
    const parts = [
      `copy: [data/e*]`,
      `setup: [{command: node setup.cjs, env: {HOLD: ${JSON.stringify(join(world.folder, 'hold'))}}}]`,
      `patch:`,
      ...patched.map((name) => `  data/${name}: {A: b}`),
    ];
    const file = join(world.repository, 'coppice.yaml');
    await writeFile(file, `${await readFile(file, 'utf8')}\n${parts.join('\n')}\n`);
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '--message', 'parts');
    await world.git('checkout', '--quiet', 'main');
  }

  /** Begun, and with so many steps done. 0: as soon as there is a process; -1: all but the last. */
  async function begun(branch: string, moment: number): Promise<RunningCli> {
    const running = world.start(['create', branch]);
    const isThere = (): boolean =>
      [...running.stderr().matchAll(/✓ (\d+)\/(\d+)/g)].some(
        ([, done, all]) => Number(done) >= (moment < 0 ? Number(all) + moment : moment),
      );
    await until(() => moment === 0 || isThere(), 60_000);
    return running;
  }

  it.each([0, 1, 3, 4, 5, 6, 7, -1])('Ctrl-C after step %i leaves nothing', async (moment) => {
    const before = await world.everything();
    const running = await begun('cut', moment);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.done;
    expect(stdout).toBe('');
    // A process that is younger than its first line of code ends at once.
    if (code !== null) {
      expect(code).toBe(130);
      expect(messageLines(stderr)).toEqual([expect.stringMatching(/^Cancelling, /), 'Cancelled.']);
    }
    expect(code === null && moment !== 0).toBe(false);
    expect(await world.everything()).toEqual(before);
  });

  it('after all that it succeeds, and can be deleted', async () => {
    const before = await world.everything();
    expect(await world.json(['create', 'cut'])).toMatchObject({ slug: 'cut', database: 'wt_cut', ready: true });
    expect(await world.cli(['delete', 'cut', '--discard', 'database'])).toMatchObject({ code: 0 });
    expect(await world.everything()).toEqual(before);
  });

  it.each([3, 5, 6, 7, -1])('killed after step %i, the same command finishes it', async (moment) => {
    const before = await world.everything();
    const name = moment < 0 ? 'last' : String(moment);
    const branch = `killed/${name}`;
    const running = await begun(branch, moment);
    running.child.kill('SIGKILL');
    expect((await running.done).code).toBeNull();
    const created = await world.json<CreatedJson>(['create', branch]);
    expect(created).toMatchObject({ branch, slug: `killed-${name}`, ready: true });
    const list = await world.json<ListJson>(['list']);
    expect(list.orphans).toEqual([]);
    expect(list.worktrees.map((entry) => [entry.branch, entry.environment?.health])).toEqual([
      ['main', 'healthy'],
      [branch, 'healthy'],
    ]);
    expect(await world.cli(['delete', branch, '--discard', 'database'])).toMatchObject({
      code: 0,
      stdout: `${branch}: environment deleted, worktree deleted, branch deleted\n`,
    });
    expect(await world.everything()).toEqual(before);
  });

  it.each(['copy', 'setup', 'patch'] as const)(
    'killed inside its %s, the same command finishes it',
    async (step) => {
      await commitParts();
      const before = await world.everything();
      const branch = `inside/${step}`;
      const folder = world.worktree(`inside-${step}`);
      const hold = join(world.folder, 'hold');
      if (step === 'setup') await writeFile(hold, '');
      const insides = {
        copy: () => existsSync(join(folder, '.coppice-partial')),
        setup: () => existsSync(join(folder, 'data', 'begun')),
        patch: async () => (await readFile(join(folder, 'data', 'e00'), 'utf8').catch(() => '')).includes('A=b'),
      };
      const create = ['create', branch, '--from', 'parts'];
      const running = world.start(create);
      await until(insides[step], 90_000).catch((error: unknown) => {
        throw new Error(running.stderr(), { cause: error });
      });
      running.child.kill('SIGKILL');
      expect((await running.done).code).toBeNull();
      // What it was running goes on alone, and ends here.
      const left = Number(await readFile(join(folder, 'data', 'begun'), 'utf8').catch(() => '0'));
      if (step === 'setup') process.kill(left, 'SIGKILL');
      await rm(hold, { force: true });
      expect(await world.json<CreatedJson>(create)).toMatchObject({ branch, ready: true });
      expect(existsSync(join(folder, '.coppice-partial'))).toBe(false);
      for (const name of dataFiles) {
        const text = await readFile(join(folder, 'data', name), 'utf8');
        expect([name, text.startsWith(`${name}=1\n`), text.split('A=b').length - 1]).toEqual([
          ...[name, true],
          patched.includes(name) ? 1 : 0,
        ]);
      }
      const done = await readFile(join(folder, 'data', 'done'), 'utf8');
      expect(done).toBe('done\n');
      // What was copied, patched and made by the setup alone is nobody's work.
      await rm(join(folder, 'data', 'begun'));
      await rm(join(folder, 'data', 'done'));
      expect(await world.cli(['delete', branch, '--discard', 'database'])).toMatchObject({ code: 0 });
      expect(await world.everything()).toEqual(before);
    },
    180_000,
  );

  it('is creating as long as its process lives, and was cut off from then on: for the list and the status alike', async () => {
    const before = await world.everything();
    const running = world.start(['create', 'watched']);
    await until(() => /✓ \d+\/\d+ Check out/.test(running.stderr()), 30_000);
    running.child.kill('SIGSTOP');
    const state = async (): Promise<string | undefined> => {
      const { worktrees } = await world.json<ListJson>(['list']);
      return worktrees.find(({ branch }) => branch === 'watched')?.view.state;
    };
    const first = await state();
    // How far it came until it was stopped is a matter of moments: from the install on its services are told.
    const hasServices = first !== 'creating';
    if (hasServices) expect(first).toMatch(/^(progressing|healthy)$/);
    running.child.kill('SIGKILL');
    await running.done;
    const { stdout } = await world.cli(['list']);
    if (hasServices) {
      expect(stdout).toMatch(/^watched +\w+, last create was cut off /m);
    } else {
      expect(await state()).toBe('createCutOff');
      expect(stdout).toMatch(/^watched +Creating was cut off /m);
      const note = 'A create ended before it was done. "coppice create watched" finishes it.';
      expect(stdout).toContain(note);
      expect((await world.cli(['status', 'watched'])).stdout).toContain(note);
    }
    await world.json(['create', 'watched']);
    expect(await state()).toBe('healthy');
    expect(await world.cli(['delete', 'watched', '--discard', 'database'])).toMatchObject({ code: 0 });
    expect(await world.everything()).toEqual(before);
  });

  it('killed before there is a worktree, what is left is listed and can be deleted', async () => {
    const before = await world.everything();
    const running = await begun('killed/early', 3);
    running.child.kill('SIGKILL');
    await running.done;
    const { orphans, worktrees } = await world.json<ListJson>(['list']);
    // How far it came is a matter of moments.
    const isOrphan = worktrees.length === 1;
    expect(orphans.map(({ namespace }) => namespace)).toEqual(isOrphan ? ['worktree-killed-early'] : []);
    const deleted = await world.cli(['delete', isOrphan ? 'killed-early' : 'killed/early', '--discard', 'database']);
    expect(deleted).toMatchObject({ code: 0 });
    await world.git('worktree', 'prune');
    await world.git('branch', '-D', 'killed/early').catch(() => undefined);
    expect(await world.everything()).toEqual(before);
  });

  it('of two who create the same, one does, and the other says so', async () => {
    const both = await Promise.all([world.cli(['create', 'twice']), world.cli(['create', 'twice'])]);
    const [winner, other] = both.sort((a, b) => (a.code ?? -1) - (b.code ?? -1));
    expect(winner).toMatchObject({ code: 0, stdout: expect.stringContaining('worktree-twice') });
    expect(other.code).toBe(9);
    expect(messageLines(other.stderr)).toEqual([
      expect.stringMatching(/an environment for twice is being created\.$|^The branch twice is checked out at /),
    ]);
    expect((await world.json<ListJson>(['list'])).worktrees.map(({ branch }) => branch)).toEqual(['main', 'twice']);
    expect(await world.cli(['delete', 'twice', '--discard', 'database'])).toMatchObject({ code: 0 });
  });

  it('eight at once all succeed, and share nothing', async () => {
    const before = await world.everything();
    // Half of them have names of which only one can be plain.
    const branches = ['a/b', 'a-b', 'A/B', 'a_b', 'one', 'two', 'three', 'four'];
    const created = await Promise.all(branches.map((branch) => world.json<CreatedJson>(['create', branch])));
    expect(created.map(({ branch }) => branch)).toEqual(branches);
    expect(created.every(({ ready }) => ready)).toBe(true);
    for (const field of ['path', 'slug', 'namespace', 'temporalNamespace', 'database', 'host', 'url'] as const)
      expect(new Set(created.map((one) => one[field])).size).toBe(branches.length);
    const ports = created.flatMap(({ metricsPorts }) => Object.values(metricsPorts));
    expect(new Set(ports).size).toBe(3 * branches.length);
    // By folder: "a-b" is the name of one, and the slug of another unless that very one was the first.
    if (created.find(({ slug }) => slug === 'a-b')?.branch !== 'a-b')
      expect(await world.cli(['delete', 'a-b'])).toMatchObject({ code: 2, stdout: '' });
    const deleted = await Promise.all(created.map(({ path }) => world.cli(['delete', path, '--discard', 'database'])));
    expect(deleted.map(({ code, stdout }) => [code, stdout])).toEqual(
      created.map(({ path }) => [0, `${path}: environment deleted, worktree deleted, branch deleted\n`]),
    );
    expect(await world.everything()).toEqual(before);
  }, 90_000);
});
