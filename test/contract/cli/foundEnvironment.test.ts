import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

describe('a new worktree of a branch whose earlier one git has removed', { timeout: 120_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
  }, 60_000);
  afterAll(() => world.dispose());

  const database = async (): Promise<unknown> =>
    (await world.sql<{ oid: number }>("SELECT oid FROM pg_database WHERE datname = 'wt_x'"))[0]?.oid;
  const forget = (): Promise<string> => world.git('worktree', 'remove', '--force', world.worktree('x'));

  it('does not get its database unasked, takes it over when told to, and starts anew when told to', async () => {
    await world.json<CreatedJson>(['create', 'x']);
    const first = await database();
    await forget();
    const before = await world.everything();

    const refused = await world.cli(['create', 'x']);
    expect(refused.code).toBe(9);
    expect(refused.stderr).toContain('worktree-x and the database wt_x');
    expect(refused.stderr).toContain('To take it over: --adopt');
    expect(refused.stderr).toContain('--fresh');
    expect(await world.everything()).toEqual(before);
    expect(await world.cli(['create', 'x', '--adopt', '--fresh'])).toMatchObject({ code: 2 });

    expect(await world.json<CreatedJson>(['create', 'x', '--adopt'])).toMatchObject({ slug: 'x', ready: true });
    expect(await database()).toBe(first);
    await forget();
    expect(await world.json<CreatedJson>(['create', 'x', '--fresh'])).toMatchObject({ slug: 'x', ready: true });
    expect(await database()).not.toBe(first);
  });
});
