import { describe, expect, it } from 'vitest';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import type { Progress } from '../../../../../src/app/run/run';
import type { EnvironmentFile, UsedSpec } from '../../../../../src/core/environmentFile';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { AppError } from '../../../../../src/core/errors';
import { repositoryCommands } from '../../../../../src/core/repositoryCommands';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { command, environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const run = { signal: new AbortController().signal, report: () => undefined };
const context: ClusterIdentity = { kind: 'context', context: 'c', server: 'https://c', caSha256: 'ab' };
const filling = { migrate: ['php', 'artisan', 'migrate'], seed: ['php', 'seed'], inputs: undefined };
const db: UsedSpec = { name: 'db', tool: 'mysql', filling };

function worldWith(
  uses: readonly UsedSpec[],
  more: Omit<Partial<EnvironmentFile>, 'database'> = {},
  postgres?: typeof database,
): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['web'], postgres, { uses, ...more }));
  return world;
}

const filled = (world: EnvironmentWorld): string[] =>
  world.commands.runs.flatMap(({ argv }) => (argv[0] === 'php' ? [argv.join(' ')] : []));

describe('a used service that begins as a template', () => {
  it('has its commands run once, in the first worktree, against a server that is there for them alone', async () => {
    const world = worldWith([db]);
    const first = await world.createBranch('x');
    const second = await world.createBranch('y');
    const [migrate, seed, ...others] = world.commands.runs.filter(({ argv }) => argv[0] === 'php');
    expect(others).toEqual([]);
    for (const each of [migrate, seed])
      expect(each).toMatchObject({
        cwd: first.worktree.path,
        env: { DB_PORT: '40000', DB_URL: 'mysql://root@127.0.0.1:40000/app', DATABASE_PORT: '40000' },
      });
    expect(seed?.argv).toEqual(['php', 'seed']);
    expect(world.usedTemplates.servers).toHaveLength(1);
    const copied = [...world.usedTemplates.copies];
    expect(new Set(copied.map(([, { id }]) => id)).size).toBe(1);
    expect(copied.map(([data]) => data)).toEqual(
      [first, second].map(
        ({ identity: { owner } }) => `/uses/${owner.repositoryId}-${owner.worktreeId}/db.mysql/data.begun`,
      ),
    );
    // The environment's own port is another one.
    expect(second.identity.parts.uses?.services['db']?.ports['mysql']).not.toBe(40_000);
  });

  it('is told by the names that the project has for it, and comes after what makes the worktree ready', async () => {
    const world = worldWith([db], {
      setup: [command('composer', 'install')],
      patch: { '.env': { DB_DSN: 'tcp:$(DB_HOST):$(DB_PORT)', APP_URL: '$(COPPICE_URL)' } },
    });
    await world.createBranch('x');
    const order = world.commands.runs
      .map(({ argv }) => argv[0])
      .filter((name) => name === 'composer' || name === 'php');
    expect(order).toEqual(['composer', 'php', 'php']);
    const env = world.commands.runs.find(({ argv }) => argv[0] === 'php')?.env;
    expect(env).toMatchObject({ DB_DSN: 'tcp:127.0.0.1:40000' });
    expect(env).not.toHaveProperty('APP_URL');
  });

  it.each<[string, (world: EnvironmentWorld, folder: string) => void]>([
    [
      'its commands',
      (world) =>
        world.commit(
          environmentFileText(['web'], undefined, { uses: [{ ...db, filling: { ...filling, seed: undefined } }] }),
        ),
    ],
    ['what they read', (world, folder) => world.environmentFiles.inputs.set(folder, 'other')],
    ['its program', (world) => void (world.usedTemplates.programVersion = '2.0.0')],
  ])('is another template where %s is another one, and no other', async (_, change) => {
    const world = worldWith([db]);
    const { worktree } = await world.createBranch('x');
    change(world, worktree.path.replace(/x$/, 'y'));
    await world.createBranch('y');
    expect(world.usedTemplates.servers).toHaveLength(2);
    await world.createBranch('z');
    expect(world.usedTemplates.servers).toHaveLength(2);
  });

  it('is another template for another commit only where nothing is known of what its commands read', async () => {
    const world = worldWith([db]);
    const { worktree } = await world.createBranch('x');
    const [main] = await world.worktrees.list(world.worktrees.repositoryInfo);
    world.worktrees.commit(main ?? never(), 'another migration');
    await world.createBranch('y');
    expect(world.usedTemplates.servers).toHaveLength(2);
    for (const name of ['v', 'w']) {
      world.environmentFiles.inputs.set(worktree.path.replace(/x$/, name), 'the same');
      await world.createBranch(name);
      world.worktrees.commit(main ?? never(), 'no migration');
    }
    expect(world.usedTemplates.servers).toHaveLength(3);
  });

  it('keeps the data that an environment has, whatever its migrations say by then', async () => {
    const world = worldWith([db]);
    const { worktree } = await world.createBranch('x');
    world.environmentFiles.inputs.set(worktree.path, 'other');
    const told: Progress[] = [];
    const target = { kind: 'worktree', path: worktree.path } as const;
    await world.create({ target }, { report: (progress) => void told.push(progress) });
    expect(world.usedTemplates.copies.size).toBe(1);
    expect(filled(world)).toHaveLength(2);
    expect(told.find(({ step, state }) => step === 'usedData' && state === 'done')?.detail).toBe(
      'db: as it was, its migrate not run: coppice exec web -- php artisan migrate',
    );
  });

  it('fails with the command’s own words, leaves nothing, and is tried again by the next create', async () => {
    const world = worldWith([db]);
    world.commands.onRun = ({ argv }) => {
      if (argv[1] === 'seed') throw new AppError('failed', '"php" ended with exit code 1: no such table: users');
    };
    await expect(world.createBranch('x')).rejects.toMatchObject({
      code: 'failed',
      message: 'uses.db.seed: "php" ended with exit code 1: no such table: users',
    });
    expect([...world.usedTemplates.kept.keys(), ...world.usedTemplates.copies.keys()]).toEqual([]);
    expect([...world.uses.folders.keys()]).toEqual([]);
    world.commands.onRun = () => undefined;
    await world.createBranch('x');
    expect(world.usedTemplates.copies.size).toBe(1);
  });

  it('is no template where its server did not end in order', async () => {
    const world = worldWith([db]);
    world.usedTemplates.unclean = 'mysqld, which runs for a template, did not end in order (1).';
    await expect(world.createBranch('x')).rejects.toThrow(/did not end in order/);
    expect(world.usedTemplates.copies.size).toBe(0);
  });

  it('has few templates at a time: the oldest go once more are made, and what was cut off', async () => {
    const world = worldWith([db]);
    for (const [index, branch] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
      world.usedTemplates.programVersion = `${index}`;
      if (branch === 'f') {
        await world.usedTemplates.make(
          'cut-off-0000000000000000',
          world.usedTemplates.servers[0] ?? never(),
          async () => undefined,
          run.signal,
        );
        const cut = world.usedTemplates.kept.get('cut-off-0000000000000000');
        if (cut) cut.isWhole = false;
      }
      await world.createBranch(branch);
    }
    const ids = [...world.usedTemplates.kept.keys()];
    expect(ids).toHaveLength(4);
    expect(ids).not.toContain('cut-off-0000000000000000');
    expect(ids).toContain([...world.usedTemplates.copies.values()].at(-1)?.id);
  });

  it('begins empty where programs cannot be told to end', async () => {
    const world = worldWith([db]);
    world.usedTemplates.canBeMade = false;
    await world.createBranch('x');
    expect(filled(world)).toEqual([]);
    expect([...world.uses.folders.keys()]).toContainEqual(expect.stringMatching(/db\.mysql\/data$/));
  });

  it('is asked about where its commands run, and begins empty where containers run, which its plan says', async () => {
    const world = worldWith([db]);
    const file = world.environmentFiles.parse(environmentFileText(['web'], undefined, { uses: [db] }), 'coppice.yaml');
    const places = (kind: 'embedded' | 'context') => repositoryCommands(file, { kind }).map(({ place }) => place);
    expect(places('embedded')).toEqual(expect.arrayContaining(['uses.db.migrate', 'uses.db.seed']));
    expect(places('context').join()).not.toContain('uses');
    const steps = async () => {
      const plan = await planCreate(world.createPorts())(
        { folder: '/code/repo', target: { kind: 'branch', branch: 'x' } },
        run,
      );
      return plan.steps.map(({ title }) => title);
    };
    expect(await steps()).toContain('Fill db, or copy what was filled before');
    world.cluster.identity = context;
    expect(await steps()).toContain('Leave db empty: its migrate and seed run on the embedded cluster');
    await world.createBranch('x');
    expect(filled(world)).toEqual([]);
    expect(world.usedTemplates.servers).toEqual([]);
  });

  it('is filled while PostgreSQL’s database leads nowhere yet', async () => {
    const world = worldWith([db], {}, database);
    await world.createBranch('x');
    const env = world.commands.runs.find(({ argv }) => argv[0] === 'php')?.env;
    expect(env).toMatchObject({ DATABASE_URL: expect.stringContaining('.invalid'), DB_PORT: '40000' });
  });
});

function never(): never {
  throw new Error('no template was made before');
}
