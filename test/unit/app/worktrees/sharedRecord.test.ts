import { describe, expect, it } from 'vitest';
import { EnvironmentWorld } from '../../../support/environmentWorld';

describe("a record that was copied into another worktree's git directory", () => {
  it('lets neither of the two change or delete the environment', async () => {
    const world = new EnvironmentWorld();
    const { worktree: one, identity } = await world.createBranch('one');
    const { worktree: two } = await world.createBranch('two');
    await world.identities.write(two, identity);
    const before = await world.state();
    const refused = { code: 'conflict', message: expect.stringContaining('both have the record') as string };
    for (const { path } of [one, two]) {
      await expect(world.delete({ path })).rejects.toMatchObject(refused);
      await expect(world.delete({ path, environmentOnly: true })).rejects.toMatchObject(refused);
      await expect(world.create({ target: { kind: 'worktree', path } })).rejects.toMatchObject(refused);
    }
    expect(await world.state()).toEqual(before);

    await world.identities.remove(two);
    expect(await world.delete({ path: one.path })).toMatchObject({ environment: 'deleted' });
  });
});
