import { describe, expect, it } from 'vitest';
import { refreshTemplate } from '../../../../../src/app/environment/template/refreshTemplate';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

describe('createEnvironment', () => {
  describe('the template', () => {
    const cwds = (world: EnvironmentWorld): string[] => world.commands.runs.map(({ cwd }) => cwd);

    it('is built in the main worktree while that has the default branch, once for all', async () => {
      const world = new EnvironmentWorld();
      await world.createBranch('x');
      await world.createBranch('y');
      expect(world.commands.runs.map(({ argv }) => argv)).toEqual([database.migrate, database.seed]);
      expect(cwds(world)).toEqual(['/code/repo', '/code/repo']);
      expect(world.commands.runs[0]?.env['DATABASE_URL']).toContain('coppice_tmp_fibonacci_template');
    });

    it.each([
      [
        'has another branch',
        (world: EnvironmentWorld) => {
          world.worktrees.makeBranch('trunk');
          world.worktrees.repositoryInfo = { ...world.worktrees.repositoryInfo, defaultBranch: 'trunk' };
        },
      ],
      [
        'builds it in another way',
        (world: EnvironmentWorld) => {
          world.edited.set('/code/repo', environmentFileText(['a'], { ...database, seed: undefined }));
        },
      ],
      ['has a broken file', (world: EnvironmentWorld) => world.edited.set('/code/repo', '{')],
      ['has no file', (world: EnvironmentWorld) => world.edited.set('/code/repo', undefined)],
    ])('is built in the new worktree when the main one %s', async (_what, prepare) => {
      const world = new EnvironmentWorld();
      prepare(world);
      await world.createBranch('x');
      expect(cwds(world)).toEqual(['/code/repo.worktrees/x', '/code/repo.worktrees/x']);
    });

    it('is built in the new worktree, which was made ready just now, where that has the same migrations as the main one', async () => {
      const world = new EnvironmentWorld();
      world.environmentFiles.inputs.set('/code/repo', 'one migration');
      world.environmentFiles.inputs.set('/code/repo.worktrees/x', 'one migration');
      world.environmentFiles.inputs.set('/code/repo.worktrees/y', 'an experiment');
      await world.createBranch('x');
      expect(cwds(world)).toEqual(['/code/repo.worktrees/x', '/code/repo.worktrees/x']);
      // It is the main worktree's all the same: nobody builds it again.
      await world.createBranch('y');
      expect(cwds(world).slice(2)).toEqual(['/code/repo.worktrees/y']);
      expect(world.commands.runs[2]?.env['DATABASE_NAME']).toBe('wt_y');
    });

    it('that is there already is cloned while files and setup come; who builds it waits for these', async () => {
      const world = new EnvironmentWorld();
      const setup = [{ command: ['make'], env: {}, inputs: [], timeout: undefined }];
      world.commit(environmentFileText(['a'], database, { setup }));
      for (const at of ['', '.worktrees/x', '.worktrees/y'])
        world.environmentFiles.inputs.set(`/code/repo${at}`, 'one migration');
      await world.createBranch('x');
      expect(world.commands.runs.map(({ argv }) => argv)).toEqual([['make'], database.migrate, database.seed]);
      let goOn: () => void = () => undefined;
      const cloned = new Promise<void>((resolve) => (goOn = resolve));
      const add = world.worktrees.add.bind(world.worktrees);
      world.worktrees.add = async (...of) => {
        await cloned;
        return add(...of);
      };
      const hook = { before: () => undefined, after: (call: string) => void (call === 'databases.clone' && goOn()) };
      expect((await world.createBranch('y', { hook })).ready).toBe(true);
    });

    it('that is there already is cloned while files and setup come, and what the branch adds is migrated after these', async () => {
      const world = new EnvironmentWorld();
      const setup = [{ command: ['make'], env: {}, inputs: [], timeout: undefined }];
      const patch = { '.env': { A: '$(DATABASE_URL)' } };
      for (const at of ['', '.worktrees/x']) world.environmentFiles.inputs.set(`/code/repo${at}`, 'one migration');
      world.environmentFiles.inputs.set('/code/repo.worktrees/y', 'two migrations');
      world.commit(environmentFileText(['a'], database, { setup, patch }));
      await world.createBranch('x');
      const order: string[] = [];
      let goOn: () => void = () => undefined;
      const cloned = new Promise<void>((resolve) => (goOn = resolve));
      world.commands.onRun = async ({ argv }) => {
        if (argv[0] === 'make') {
          await cloned;
          // Whatever a clone lets begin has begun.
          for (let turn = 0; turn < 500; turn++) await Promise.resolve();
        }
        order.push(argv.join(' '));
      };
      const hook = {
        before: (call: string) => void (call === 'worktreeFiles.patch' && order.push('patch')),
        after: (call: string) => void (call === 'databases.clone' && goOn()),
      };
      expect((await world.createBranch('y', { hook })).ready).toBe(true);
      // The env file leads there before anything of the repository runs, and to the database once all has.
      expect(order).toEqual(['patch', 'make', 'patch', database.migrate.join(' ')]);
    });

    it('is built by what the main worktree says once the new one is ready, whatever somebody does there meanwhile', async () => {
      const world = new EnvironmentWorld();
      const setup = [{ command: ['make'], env: {}, inputs: [], timeout: undefined }];
      world.commit(environmentFileText(['a'], database, { setup }));
      const { inputs } = world.environmentFiles;
      inputs.set('/code/repo', 'one migration');
      inputs.set('/code/repo.worktrees/x', 'an experiment');
      inputs.set('/code/repo.worktrees/y', 'two migrations');
      // A pull.
      world.commands.onRun = ({ argv }) => void (argv[0] === 'make' && inputs.set('/code/repo', 'two migrations'));
      await world.createBranch('x');
      expect(cwds(world).slice(1, 3)).toEqual(['/code/repo', '/code/repo']);
      const before = world.commands.runs.length;
      // What it was built by is what is recorded of it.
      await world.createBranch('y');
      expect(world.commands.runs.slice(before).map(({ argv }) => argv)).toEqual([['make']]);
    });

    it('is not built in a main worktree that comes to build it in another way while the new one is made ready', async () => {
      const world = new EnvironmentWorld();
      const setup = [{ command: ['make'], env: {}, inputs: [], timeout: undefined }];
      world.commit(environmentFileText(['a'], database, { setup }));
      const other = environmentFileText(['a'], { ...database, seed: ['other'] });
      world.commands.onRun = ({ argv }) => void (argv[0] === 'make' && world.edited.set('/code/repo', other));
      await world.createBranch('x');
      expect(new Set(cwds(world))).toEqual(new Set(['/code/repo.worktrees/x']));
    });

    it('is built in the main worktree when the new one has another commit, though its migrations are the same', async () => {
      const world = new EnvironmentWorld();
      world.environmentFiles.inputs.set('/code/repo', 'one migration');
      world.environmentFiles.inputs.set('/code/repo.worktrees/x', 'one migration');
      world.worktrees.makeBranch('x');
      const [main] = await world.worktrees.list(await world.worktrees.repository('/code/repo'));
      if (main) world.worktrees.commit(main, 'second');
      await world.createBranch('x');
      expect(cwds(world)).toEqual(['/code/repo', '/code/repo']);
    });

    it('is built anew when what its commands read is another, for databases that are made from then on', async () => {
      const world = new EnvironmentWorld();
      for (const at of ['', '.worktrees/x', '.worktrees/y'])
        world.environmentFiles.inputs.set(`/code/repo${at}`, 'one migration');
      await world.createBranch('x');
      await world.createBranch('y');
      expect(cwds(world)).toHaveLength(2);
      world.environmentFiles.inputs.set('/code/repo', 'two migrations');
      world.environmentFiles.inputs.set('/code/repo.worktrees/z', 'an experiment');
      // What is there is kept, and needs no template.
      await world.create({ target: { kind: 'worktree', path: '/code/repo.worktrees/x' } });
      expect(cwds(world)).toHaveLength(2);
      await world.createBranch('z');
      const [template, anew] = [cwds(world).slice(0, 2), cwds(world).slice(2)];
      expect(template).toEqual(['/code/repo.worktrees/x', '/code/repo.worktrees/x']);
      expect(anew).toEqual(['/code/repo', '/code/repo', '/code/repo.worktrees/z']);
    });

    it('waits for a command as long as the file says, or else the setting', async () => {
      const world = new EnvironmentWorld();
      const limits = () => world.commands.runs.splice(0).map(({ timeoutMs }) => timeoutMs);
      await world.createBranch('x');
      expect(limits()).toEqual([600_000, 600_000]);
      world.commit(environmentFileText(['a'], { ...database, template: 'other', timeout: 7 }));
      await world.createBranch('y');
      expect(limits()).toEqual([7000, 7000]);
    });

    it('whose command hangs says which one, and what gives it more time', async () => {
      const world = new EnvironmentWorld();
      world.commands.onRun = ({ argv }) => {
        if (argv[1] !== 'seed.js') return;
        throw new AppError('timeout', '"node" did not end within 600 s and was stopped.', { explanation: 'Waiting…' });
      };
      await expect(world.createBranch('x')).rejects.toMatchObject({
        code: 'timeout',
        message: expect.stringMatching(/database\.seed: "node" did not end within 600 s and was stopped\./),
        explanation: 'Waiting…\ndatabase.timeout gives it more time.',
      });
    });

    it.each([
      [
        '2_b of Prisma unfinished',
        'Prisma applies no other one until somebody resolves it (P3009).',
        ['_prisma_migrations', { migration_name: '2_b', finished_at: null, rolled_back_at: null }],
        {
          'prisma/migrations/migration_lock.toml': 'provider = "postgresql"',
          'prisma/migrations/2_b/migration.sql': '',
        },
      ],
      [
        "Knex's lock taken",
        'Knex runs none until somebody frees it (migrate:unlock).',
        ['knex_migrations_lock', { is_locked: 1 }],
        { 'package.json': '{"dependencies": {"knex": "3"}}', 'migrations/1_a.js': '' },
      ],
    ] as const)('is none where its commands left %s', async (left, does, [table, row], files) => {
      const world = new EnvironmentWorld();
      for (const [path, text] of Object.entries(files)) world.files.texts.set(path, text);
      const name = 'coppice_tmp_fibonacci_template';
      world.tables.put(name, 'public', 'knex_migrations', []);
      world.tables.put(name, 'public', table, [row]);
      const before = await world.state();
      const message = `The template database fibonacci_template could not be built: database.migrate has ended without an error, and left ${left}.`;
      const explanation = `Each clone of the template would have that, too. ${does}`;
      await expect(world.createBranch('x')).rejects.toMatchObject({ code: 'failed', message, explanation });
      const refresh = refreshTemplate(world.createPorts());
      const run = { signal: new AbortController().signal, report: () => undefined };
      await expect(refresh({ folder: '/code/repo' }, run)).rejects.toMatchObject({ code: 'failed', message });
      expect([await world.state(), [...world.databases.held.keys()]]).toEqual([before, []]);
      world.tables.put(name, 'public', table, []);
      expect((await world.createBranch('x')).ready).toBe(true);
    });

    it('that cannot be built says which command failed, and leaves nothing', async () => {
      const world = new EnvironmentWorld();
      world.commands.onRun = () => {
        throw new AppError('failed', 'node migrate.js ended with exit code 1: no such file');
      };
      const before = await world.state();
      await expect(world.createBranch('x')).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringContaining('node migrate.js ended with exit code 1: no such file'),
        explanation: undefined,
      });
      expect(await world.state()).toEqual(before);
    });
  });
});
