import { describe, expect, it } from 'vitest';
import { recipeAges } from '../../../../../src/app/environment/template/refreshTemplate';
import { AppError, toAppError } from '../../../../../src/core/errors';
import { database } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { crashAt, recorder, type When } from '../../../../support/faults';
import { aWorld } from '../../../../support/migratedWorld';

const folder = '/code/repo.worktrees/x';
const { signal } = new AbortController();

const migrated = [['migrate.js', folder, 'wt_x']];

describe("a branch's own migrations", () => {
  it('run on its own database, once the worktree is set up and before the services start', async () => {
    const world = await aWorld('one', 'two');
    let isStarted: boolean | undefined;
    world.commands.onRun = () => {
      isStarted = world.cluster.changes.some((change) => change.startsWith('release worktree-x/'));
    };
    const { ready, notes } = await world.make();
    expect(world.ran()).toEqual(migrated);
    expect([ready, notes, isStarted]).toEqual([true, [], false]);
    expect(world.step()).toEqual({ state: 'done', detail: undefined });
    // Nobody else has it.
    expect(world.databases.held.get('fibonacci_template')).toMatchObject({ recipe: expect.stringContaining('"one"') });
    expect(world.databases.held.get('wt_main_like')).toMatchObject({ migrated: expect.stringContaining('"one"') });
    expect(await recipeAges(world.createPorts())(folder, signal)).toEqual({ template: 'current', database: 'current' });
  });

  it('run where the command is another one, and are none where the template was made of the same', async () => {
    const world = await aWorld('one');
    await world.make();
    expect(world.ran()).toEqual([]);
    expect(world.step()).toEqual({ state: 'done', detail: 'nothing to run' });
    world.edited.set(folder, environmentFileText(['a'], { ...database, migrate: ['node', 'mine.js'] }));
    await world.make();
    expect(world.ran()).toEqual([['mine.js', folder, 'wt_x']]);
    await world.make();
    expect(world.ran()).toEqual([]);
  });

  it('come with an update when there are others, once', async () => {
    const world = await aWorld('one');
    await world.make();
    world.branchHas('one', 'two');
    await world.make();
    expect(world.ran()).toEqual(migrated);
    await world.make();
    expect(world.ran()).toEqual([]);
  });

  it('come again after a reset, and not after a restore of what has them', async () => {
    const world = await aWorld('one', 'two');
    const { identity } = await world.make();
    const own = {
      database: 'wt_x',
      role: identity.parts.database?.role ?? '',
      owner: identity.owner,
      commit: undefined,
    };
    world.ran();
    await world.databases.resetDatabase({ ...own, template: 'fibonacci_template' });
    await world.make();
    expect(world.ran()).toEqual(migrated);
    await world.databases.restoreSnapshot({ ...own, name: 'before-reset' });
    await world.make();
    expect(world.ran()).toEqual([]);
  });

  it('that fail leave an environment that is not ready, and say why in their own words', async () => {
    const world = await aWorld('one', 'two');
    const failure = new AppError('failed', '"node" ended with exit code 1: no such type', { explanation: 'Log: /log' });
    world.commands.onRun = ({ tell }) => {
      tell('ALTER TABLE a');
      throw failure;
    };
    const made = await world.make();
    expect(made.ready).toBe(false);
    expect(made.services.every(({ health }) => health === 'healthy')).toBe(true);
    const message = 'database.migrate: "node" ended with exit code 1: no such type';
    const next = 'Once that is mended, "coppice database migrate" runs it again on wt_x, and so does the next update.';
    expect(made.notes).toEqual([[message, '  $ node migrate.js', '  ALTER TABLE a', '  Log: /log', next].join('\n')]);
    expect(world.step()).toEqual({ state: 'short', detail: message });
    world.ran();
    // The environment is made: what comes now is an update, which is refused and changes nothing.
    const before = await world.state();
    const installs = world.releases.names.length;
    await expect(world.make()).rejects.toMatchObject({
      ...{ code: 'failed', message },
      explanation: expect.stringMatching(/ALTER TABLE a\nLog: \/log\nThe services were left as they are\. Once/),
    });
    expect([await world.state(), world.releases.names.length]).toEqual([before, installs]);
    expect(world.ran()).toHaveLength(1);
    world.commands.onRun = () => undefined;
    expect(await world.make()).toMatchObject({ ready: true, notes: [] });
    expect(world.ran()).toEqual(migrated);
  });

  it('that did not come to their end are run again, also where the branch has the same as before by then', async () => {
    const world = await aWorld('one');
    await world.make();
    world.branchHas('one', 'two');
    world.commands.onRun = () => {
      throw new AppError('failed', 'cut off');
    };
    await expect(world.make()).rejects.toMatchObject({ code: 'failed' });
    world.ran();
    world.commands.onRun = () => undefined;
    world.branchHas('one');
    await world.make();
    expect(world.ran()).toEqual(migrated);
    await world.make();
    expect(world.ran()).toEqual([]);
  });

  it('find running what the environment uses, which the create installs first', async () => {
    const world = await aWorld('one', 'two');
    const uses = [{ name: 'store', tool: 'redis' as const }];
    world.commit(environmentFileText(['frontend'], database, { uses }));
    const services: (readonly string[] | undefined)[] = [];
    world.commands.onRun = ({ cwd }) => {
      if (cwd !== folder) return;
      const { values } = world.releases.installed('worktree-x', 'x') ?? {};
      services.push(values?.services.map(({ name }) => name));
    };
    expect((await world.make()).services.map(({ name }) => name)).toEqual(['frontend', 'store']);
    expect(services).toEqual([['store']]);
  });

  it('are taken back with a create that is cancelled in their midst', async () => {
    const world = await aWorld('one', 'two');
    const before = await world.state();
    const cancel = new AbortController();
    world.commands.onRun = () => {
      cancel.abort();
      cancel.signal.throwIfAborted();
    };
    await expect(world.createBranch('x', { signal: cancel.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await world.state()).toEqual(before);
  });
});

describe('a database that the known tool says is elsewhere', () => {
  it('is left alone where the branch is only older, and says how far', async () => {
    const world = await aWorld('two');
    const { owner } = (await world.make()).identity;
    world.ran();
    world.tables.own('wt_x', owner);
    world.apply('one', 'two', 'three');
    world.branchHas('one');
    const { ready } = await world.make();
    expect([ready, world.ran()]).toEqual([true, []]);
    const detail = '2 ahead of this branch: nothing is run. Knex refuses to go on without their files.';
    expect(world.step()).toEqual({ state: 'done', detail });
    // And it goes on saying so.
    await world.make();
    expect(world.step()).toEqual({ state: 'done', detail });
  });

  it('is migrated where both have some, and what it then has too many stays told', async () => {
    const world = await aWorld('one');
    const { owner } = (await world.make()).identity;
    world.tables.own('wt_x', owner);
    world.apply('one', 'two');
    world.branchHas('one', 'three');
    world.commands.onRun = () => world.apply('one', 'two', 'three');
    expect((await world.make()).ready).toBe(true);
    expect(world.ran()).toEqual(migrated);
    expect(world.step()).toEqual({ state: 'done', detail: 'Knex: 1 ahead' });
  });

  it('is not ready where the tool passes over an older one without a word, and says so with each update', async () => {
    const world = await aWorld('one');
    const { owner } = (await world.make()).identity;
    world.tables.own('wt_x', owner);
    world.files.texts.set('package.json', '{}');
    const journal = (...tags: readonly number[]) => {
      const entries = tags.map((when) => ({ when, tag: `at_${when}` }));
      world.files.texts.set('drizzle/meta/_journal.json', JSON.stringify({ dialect: 'postgresql', entries }));
      world.environmentFiles.inputs.set(folder, tags.join(' '));
    };
    world.files.texts.delete('migrations/one.js');
    world.tables.put('wt_x', 'drizzle', '__drizzle_migrations', [{ created_at: '1' }, { created_at: '3' }]);
    journal(1, 2, 3);
    for (let time = 0; time < 2; time++) {
      const { ready, notes = [] } = await world.make();
      expect([ready, world.ran()]).toEqual([false, migrated]);
      expect(world.step()).toEqual({
        ...{ state: 'short', detail: 'diverged, 1 behind, 1 of them older: Drizzle skips an older one.' },
      });
      expect(notes).toEqual([expect.stringContaining('of these, older than one that it has: at_2')]);
    }
  });

  it('decides where nobody knows what the command reads', async () => {
    const world = await aWorld('one');
    const { owner } = (await world.make()).identity;
    for (const at of ['/code/repo', folder]) world.environmentFiles.inputs.delete(at);
    world.tables.own('wt_x', owner);
    world.apply('one');
    world.commands.onRun = () => world.apply('one', 'two');
    world.edited.set(folder, environmentFileText(['a'], { ...database, migrate: ['make'] }));
    await world.make();
    world.apply('one');
    world.ran();
    await world.make();
    expect(world.ran()).toEqual([]);
    world.files.texts.set('migrations/two.js', '');
    await world.make();
    expect(world.ran()).toHaveLength(1);
  });
});

describe('a create that is cut off', () => {
  it.each<When>(['before', 'after'])('%s any call has its migrations by the next try', async (when) => {
    const count = recorder();
    const whole = await aWorld('one', 'two');
    await whole.createBranch('x', { hook: count });
    expect(count.calls.filter((call) => call === 'databases.noteMigrated')).toHaveLength(2);
    for (const [number, call] of count.calls.entries()) {
      const world = await aWorld('one', 'two');
      const hook = crashAt(number, when);
      const error: unknown = await world.createBranch('x', { hook }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      world.locks.abandonAll();
      if (error !== undefined) {
        const again = await world.make().then(() => undefined, toAppError);
        if (again) expect(again.message, `at call ${number}, ${call}`).toContain('checked out');
      }
      expect(world.ran(), `at call ${number}, ${call}`).toContainEqual(migrated[0]);
      const ages = await recipeAges(world.createPorts())(folder, signal);
      expect(ages?.database, `at call ${number}, ${call}`).toBe('current');
    }
  });
});
