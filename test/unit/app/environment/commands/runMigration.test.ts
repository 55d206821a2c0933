import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../../src/core/errors';
import { aWorld } from '../../../../support/migratedWorld';

/** An environment of the branch x in which somebody has worked, and a migration more since. */
async function writtenTo() {
  const world = await aWorld('one');
  const { owner } = (await world.make()).identity;
  world.databases.written.set('wt_x', [{ table: 'drafts', rows: 50 }]);
  world.branchHas('one', 'two');
  const snapshots = async () => (await world.databases.listSnapshots(owner)).map(({ name }) => name);
  return { world, snapshots };
}

describe('what somebody has written to a database', () => {
  it('is a snapshot before a migration runs there, and what nobody has written to is none', async () => {
    const { world, snapshots } = await writtenTo();
    let before: readonly string[] = [];
    world.commands.onRun = async () => {
      before = await snapshots();
    };
    const { ready } = await world.make();
    expect([ready, before, world.ran().length]).toEqual([true, ['before-migrate'], 1]);
    const kept = '"coppice database restore before-migrate" brings it back.';
    expect(JSON.stringify(world.told)).toContain(JSON.stringify(kept).slice(1, -1));

    world.databases.written.delete('wt_x');
    world.branchHas('one', 'two', 'three');
    await world.make();
    expect([world.ran().length, await snapshots()]).toEqual([1, ['before-migrate']]);
    // Another one takes no name of an earlier one.
    world.databases.written.set('wt_x', [{ table: 'drafts', rows: 1 }]);
    world.branchHas('one', 'two', 'three', 'four');
    await world.make();
    expect([world.ran().length, await snapshots()]).toEqual([1, ['before-migrate-2', 'before-migrate']]);
  });

  it('stays as it is where it cannot be kept: nothing is run', async () => {
    const { world } = await writtenTo();
    const takeSnapshot = world.databases.takeSnapshot.bind(world.databases);
    world.databases.takeSnapshot = () => Promise.reject(new AppError('failed', 'There is no room for a snapshot.'));
    await expect(world.make()).rejects.toMatchObject({ message: 'There is no room for a snapshot.' });
    expect(world.ran()).toEqual([]);
    world.databases.takeSnapshot = takeSnapshot;
    await world.make();
    expect(world.ran()).toHaveLength(1);
  });

  it('is kept as well where nobody can tell whether there is anything', async () => {
    const { world, snapshots } = await writtenTo();
    world.databases.written.delete('wt_x');
    world.databases.unknown = 'the server was asked too long.';
    await world.make();
    expect(await snapshots()).toEqual(['before-migrate']);
  });
});

it('what a migration that failed has printed tells no password, and where the state of before is', async () => {
  const { world } = await writtenTo();
  world.commands.onRun = ({ env, tell }) => {
    tell(`cannot reach ${env['DATABASE_URL'] ?? ''} with ${env['DATABASE_PASSWORD'] ?? ''}`);
    throw new AppError('failed', '"node" ended with exit code 1.');
  };
  const failure = await world.make().catch((error: unknown) => error);
  const { explanation = '' } = failure as AppError;
  expect(explanation).toContain('cannot reach');
  expect(explanation).not.toMatch(/secret\d/);
  expect(explanation).toContain('"coppice database restore before-migrate" brings it back');
});
