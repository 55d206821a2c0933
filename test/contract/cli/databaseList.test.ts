import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from './cliWorld';

interface Listed {
  readonly kind: string;
  readonly name: string;
  readonly worktree: string | null;
  readonly bytes: number;
  readonly madeAt: string;
  readonly protected: boolean;
  readonly kept: boolean;
}

describe("a repository's databases", { timeout: 240_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'work']);
  }, 120_000);
  afterAll(() => world.dispose());

  const list = async () => (await world.json<{ databases: Listed[] }>(['db', 'list'])).databases;
  const told = async () => (await list()).map(({ kind, name, worktree }) => [kind, name, worktree]);

  it('are listed with what they are, whose, how large and how old', async () => {
    await world.json(['db', 'snapshot', 'one', 'work']);
    expect(await told()).toEqual([
      ['template', 'fibonacci_template', null],
      ['clone', 'wt_work', 'work'],
      ['snapshot', 'one', 'work'],
    ]);
    await world.json(['db', 'snapshot', 'two', 'work', '--keep']);
    expect((await list()).map(({ name, kept }) => (kept ? name : ''))).toEqual(['', '', '', 'two']);
    expect((await world.cli(['database', 'ls'])).stdout).toMatch(/^two +snapshot, stays +work /m);
    await world.json(['db', 'snapshots', '--kept', '--delete', 'two']);
    for (const { bytes, madeAt } of await list()) {
      expect(bytes).toBeGreaterThan(1_000_000);
      expect(Math.abs(Date.parse(madeAt) - Date.now())).toBeLessThan(240_000);
    }
    expect((await world.cli(['database', 'ls'])).stdout).toMatch(
      /^NAME +KIND +WORKTREE +SIZE +MADE \(UTC\) +SESSIONS\nfibonacci_template +template +all .+\nwt_work +clone +work .+\none +snapshot +work .+ 0\n$/,
    );
  });

  it('one that is protected goes with nothing, before anything of its environment goes', async () => {
    expect(await world.json(['db', 'protect', 'work'])).toEqual({ database: 'wt_work', protected: true });
    const before = await world.everything();
    for (const command of [
      ['delete', 'work', '--discard', 'database'],
      ['delete', 'work', '--environment-only', '--discard', 'database'],
      ['db', 'reset', 'work', '--yes'],
      ['db', 'restore', 'one', 'work'],
    ])
      expect(await world.cli(command), command.join(' ')).toMatchObject({
        code: 9,
        stderr: expect.stringContaining(
          'The database wt_work is protected: "coppice database unprotect" takes that away.',
        ) as string,
      });
    expect(await world.everything()).toEqual(before);
    expect((await world.cli(['database', 'list'])).stdout).toContain('clone, protected');
    const verdicts = await world.cli(['clean', '--dry-run', '--older-than', '0']);
    expect(verdicts.stdout).toMatch(/^work .*stays: .*The database wt_work is protected/m);
  });

  it('is let go by its name, and then goes', async () => {
    expect(await world.cli(['db', 'unprotect', '--database', 'postgres'])).toMatchObject({ code: 8 });
    expect((await world.cli(['db', 'unprotect', '--database', 'wt_work'])).stdout).toBe(
      'The database wt_work is not protected any more.\n',
    );
    await world.json(['delete', 'work', '--discard', 'database']);
    expect(await told()).toEqual([
      ['template', 'fibonacci_template', null],
      ['snapshot', 'one', null],
      ['kept', 'wt_work', null],
    ]);
  });
});
