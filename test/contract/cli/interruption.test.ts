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

  /** Begun, and as far as the step before the `moment`th is over. 0: as soon as there is a process. */
  async function begun(branch: string, moment: number): Promise<RunningCli> {
    const running = world.start(['create', branch]);
    await until(() => moment === 0 || running.stderr().includes(`✓ ${moment}/8`), 30_000);
    return running;
  }

  it.each([0, 1, 3, 4, 5, 6, 7])('Ctrl-C after step %i leaves nothing', async (moment) => {
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
    expect(code === null && moment > 0).toBe(false);
    expect(await world.everything()).toEqual(before);
  });

  it('after all that it succeeds, and can be deleted', async () => {
    const before = await world.everything();
    expect(await world.json(['create', 'cut'])).toMatchObject({ slug: 'cut', database: 'wt_cut', ready: true });
    expect(await world.cli(['delete', 'cut', '--discard', 'database'])).toMatchObject({ code: 0 });
    expect(await world.everything()).toEqual(before);
  });

  it.each([3, 5, 6, 7])('killed after step %i, the same command finishes it', async (moment) => {
    const before = await world.everything();
    const branch = `killed/${moment}`;
    const running = await begun(branch, moment);
    running.child.kill('SIGKILL');
    expect((await running.done).code).toBeNull();
    const created = await world.json<CreatedJson>(['create', branch]);
    expect(created).toMatchObject({ branch, slug: `killed-${moment}`, ready: true });
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

  it('is creating as long as its process lives, and was cut off from then on: for the list and the status alike', async () => {
    const before = await world.everything();
    const running = world.start(['create', 'watched']);
    await until(() => /✓ \d\/8 Check out/.test(running.stderr()), 30_000);
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
