import { describe, expect, it } from 'vitest';
import { database } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { aWorld } from '../../../../support/migratedWorld';

const folder = '/code/repo.worktrees/x';

/** An environment that is as the branch says, of whose inputs the same is known whatever the branch has. */
async function blindly(inputs: string | undefined) {
  const world = await aWorld('one');
  for (const at of ['/code/repo', folder])
    if (inputs === undefined) world.environmentFiles.inputs.delete(at);
    else world.environmentFiles.inputs.set(at, inputs);
  const { owner } = (await world.make()).identity;
  world.tables.own('wt_x', owner);
  world.apply('one');
  world.ran();
  const makes = async () => {
    const { ready, notes } = await world.make();
    return { ready, notes, ran: world.ran().length, ...world.step() };
  };
  return { world, makes };
}

describe('where the same is known of what the command reads', () => {
  it('the tool’s own table says that the branch has more', async () => {
    const { world, makes } = await blindly('a script that starts others');
    expect(await makes()).toMatchObject({ ran: 0, detail: 'nothing to run' });
    world.files.texts.set('migrations/two.js', '');
    world.commands.onRun = () => world.apply('one', 'two');
    expect(await makes()).toMatchObject({ ready: true, ran: 1 });
    expect(await makes()).toMatchObject({ ready: true, ran: 0, detail: 'nothing to run' });
  });

  it('or that somebody has taken one back', async () => {
    const { world, makes } = await blindly('a script');
    world.apply();
    expect(await makes()).toMatchObject({ ran: 1 });
  });

  it('a command that ends well and brings nothing is no migration: it is said, and run again', async () => {
    const { world, makes } = await blindly('a script');
    world.files.texts.set('migrations/two.js', '');
    for (let time = 0; time < 2; time++) {
      const result = await makes();
      expect(result).toMatchObject({ ready: false, ran: 1, state: 'short' });
      expect(result.detail).toContain('1 behind');
      expect(result.notes).not.toEqual([]);
    }
  });
});

describe('another seed alone', () => {
  it('makes the template older, and is no reason to run anything in a database that lives', async () => {
    const world = await aWorld('one');
    world.environmentFiles.migrationInputs.set('/code/repo', 'one').set(folder, 'one');
    world.environmentFiles.migrationInputs.set('/code/repo.worktrees/main-like', 'one');
    await world.make();
    world.ran();
    world.files.texts.clear();
    world.edited.set(folder, environmentFileText(['a'], { ...database, seed: ['node', 'other.js'] }));
    world.environmentFiles.inputs.set(folder, 'one, and other rows');
    await world.make();
    expect(world.ran()).toEqual([]);
    expect(world.step().detail).toBe('nothing to run');
    world.environmentFiles.migrationInputs.set(folder, 'one two');
    await world.make();
    expect(world.ran()).toHaveLength(1);
  });
});

describe('where nothing is known of what the command reads', () => {
  it('it is run as long as the table of its tool cannot be read', async () => {
    const { world, makes } = await blindly(undefined);
    expect(await makes()).toMatchObject({ ran: 0, detail: 'nothing to run' });
    world.tables.read = () => Promise.resolve('PostgreSQL did not tell within 5 s.');
    expect(await makes()).toMatchObject({ ready: true, ran: 1 });
  });

  it('and no tool is known either, it is not run again, and that is said', async () => {
    const { world, makes } = await blindly(undefined);
    world.files.texts.clear();
    world.edited.set(folder, environmentFileText(['a'], { ...database, migrate: ['make'] }));
    await makes();
    const { ran, detail, ready } = await makes();
    expect([ready, ran]).toEqual([true, 0]);
    expect(detail).toMatch(/is not known: "coppice database migrate" runs them; database\.inputs names/);
  });
});
