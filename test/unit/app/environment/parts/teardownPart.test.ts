import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../../../src/app/run/run';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { command, environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { branch } from '../create/creates';

const folder = '/code/repo.worktrees/x';
const teardown = [{ ...command('node', 'forget.js'), timeout: 5, env: { A: '$(WORKTREE_NAME)' } }, command('two')];

async function worldWith(): Promise<EnvironmentWorld> {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['frontend'], database, { teardown }));
  await world.create({ target: branch('x') });
  world.commands.runs.length = 0;
  return world;
}

const ownerOf = async (world: EnvironmentWorld) => {
  const worktree = await world.worktree('x');
  return worktree && (await world.identities.read(worktree))?.owner;
};
const ran = (world: EnvironmentWorld) => world.commands.runs.map(({ argv }) => argv.join(' '));
const failing = (world: EnvironmentWorld, code: 'failed' | 'timeout' = 'failed'): void => {
  world.commands.onRun = () => {
    throw new AppError(code, '"node" ended with exit code 1: the broker is away', {
      explanation: 'All that it printed: /log',
      remedy: { title: 'Open the Log', action: { kind: 'openFile', path: '/log' } },
    });
  };
};

describe('the teardown of an environment', () => {
  it.each([true, false])('runs while all of it is there (environmentOnly: %s)', async (environmentOnly) => {
    const world = await worldWith();
    const before = await world.state();
    world.commands.onRun = async () => {
      expect(await world.state()).toEqual(before);
      expect(world.releases.installed('worktree-x', 'x')).toBeDefined();
    };
    expect((await world.delete({ path: folder, environmentOnly })).environment).toBe('deleted');
    expect(ran(world)).toEqual(['node forget.js', 'two']);
    expect(world.commands.runs[0]).toMatchObject({
      cwd: folder,
      timeoutMs: 5000,
      env: {
        ...{ A: 'x', WORKTREE_NAME: 'x', COPPICE_MAIN_WORKTREE: '/code/repo' },
        DATABASE_URL: expect.stringContaining('wt_x') as unknown,
      },
    });
    expect(world.commands.runs[1]).toMatchObject({ timeoutMs: 120_000 });
  });

  it.each(['failed', 'timeout'] as const)(
    'that %s ends the delete with nothing deleted, until a person does without',
    async (code) => {
      const world = await worldWith();
      const before = await world.state();
      failing(world, code);
      await expect(world.delete({ path: folder })).rejects.toMatchObject({
        code: 'conflict',
        message: 'teardown[0]: "node" ended with exit code 1: the broker is away. Nothing was deleted.',
        losses: [{ kind: 'teardown', count: 1, examples: ['node forget.js'] }],
        remedy: { action: { kind: 'openFile', path: '/log' } },
      });
      expect(await world.state()).toEqual(before);
      expect(world.locks.held).toEqual([]);
      world.commands.runs.length = 0;
      expect((await world.delete({ path: folder, accepted: ['teardown'] })).environment).toBe('deleted');
      expect(ran(world)).toEqual([]);
    },
  );

  it('is not begun while work would be lost, and finishes with the next try', async () => {
    const world = await worldWith();
    const worktree = await world.worktree('x');
    if (worktree) world.worktrees.writeFile(worktree, 'work');
    await expect(world.delete({ path: folder })).rejects.toMatchObject({ losses: [{ kind: 'untracked' }] });
    expect(ran(world)).toEqual([]);
    failing(world);
    await expect(world.delete({ path: folder, accepted: ['untracked'] })).rejects.toMatchObject({ code: 'conflict' });
    world.commands.onRun = () => undefined;
    await world.delete({ path: folder, accepted: ['untracked'] });
    expect(await world.worktree('x')).toBeUndefined();
  });

  it('runs nothing that nobody approved', async () => {
    const world = await worldWith();
    world.approvals.approvesAll = false;
    const before = await world.state();
    await expect(world.delete({ path: folder })).rejects.toMatchObject({
      code: 'unapproved',
      commands: [{ place: 'teardown[0]' }, { place: 'teardown[1]' }],
    });
    expect(await world.state()).toEqual(before);
    await world.delete({ path: folder }, { approve: async () => true });
    expect(ran(world)).toEqual(['node forget.js', 'two']);
  });

  it('is approved with the create that makes the environment', async () => {
    const world = new EnvironmentWorld();
    world.approvals.approvesAll = false;
    world.commit(environmentFileText(['frontend'], undefined, { teardown }));
    await world.create({ target: branch('x') }, { approve: async () => true });
    await world.delete({ path: folder });
    expect(ran(world)).toEqual(['node forget.js', 'two']);
  });

  it('has the database of its environment also where the cluster and the server had stopped', async () => {
    const world = await worldWith();
    world.cluster.setStopped();
    world.databases.port++;
    await world.delete({ path: folder, accepted: ['database'] });
    expect(new URL(world.commands.runs[0]?.env['DATABASE_URL'] ?? '')).toMatchObject({
      host: `127.0.0.1:${world.databases.port}`,
      pathname: '/wt_x',
    });
  });

  it('ends the delete where nobody can tell the database, until a person does without', async () => {
    const world = await worldWith();
    const before = await world.state();
    world.databases.machineUrl = async () => undefined;
    await expect(world.delete({ path: folder })).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'teardown' }],
    });
    expect(ran(world)).toEqual([]);
    expect(await world.state()).toEqual(before);
    expect((await world.delete({ path: folder, accepted: ['teardown'] })).environment).toBe('deleted');
  });

  it('has an address that leads nowhere where the database is not there any more: never another one', async () => {
    const world = await worldWith();
    await world.cluster.deleteNamespace('worktree-x', (await ownerOf(world)) ?? { repositoryId: '', worktreeId: '' });
    await world.delete({ path: folder });
    const hosts = world.commands.runs.map(({ env }) => new URL(env['DATABASE_URL'] ?? '').hostname);
    expect(hosts).toEqual(['no-database-yet.coppice.invalid', 'no-database-yet.coppice.invalid']);
    expect(world.commands.runs.map(({ env }) => env['PGHOST'])).toEqual(hosts);
  });

  it('has what it forgets set up again where the worktree stays', async () => {
    const world = new EnvironmentWorld();
    world.commit(environmentFileText(['frontend'], undefined, { setup: [command('register')], teardown }));
    await world.create({ target: branch('x') });
    await world.delete({ path: folder, environmentOnly: true });
    await world.create({ target: { kind: 'worktree', path: folder } });
    expect(ran(world)).toEqual(['register', 'node forget.js', 'two', 'register']);
  });

  it('is of the worktree’s own file; one that cannot be read stands in the way, whatever was recorded', async () => {
    const world = await worldWith();
    world.edited.set(folder, '{');
    await expect(world.delete({ path: folder })).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'teardown' }],
    });
    await world.delete({ path: folder, accepted: ['teardown'] });
    const other = new EnvironmentWorld();
    await other.create({ target: branch('x') });
    other.edited.set(folder, '{');
    await expect(other.delete({ path: folder })).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'teardown' }],
    });
    other.edited.set(folder, undefined);
    expect((await other.delete({ path: folder })).worktree).toBe('deleted');
  });

  it('is not run where the folder is gone, or without an environment', async () => {
    const world = await worldWith();
    const worktree = await world.worktree('x');
    if (worktree) world.worktrees.loseFolder(worktree);
    await world.delete({ path: folder });
    await world.worktrees.add(world.worktrees.repositoryInfo, {
      ...{ kind: 'new', folder: '/code/repo.worktrees/y', branch: 'y', base: 'main' },
    });
    await world.delete({ path: '/code/repo.worktrees/y' });
    expect(ran(world)).toEqual([]);
  });
});

describe('the teardown of a create that fails', () => {
  const setup = [command('register')];
  /** Besides those of the template. */
  const ranOf = (world: EnvironmentWorld) => ran(world).filter((each) => !/^node (?:migrate|seed)/.test(each));
  const failsAt = (world: EnvironmentWorld, ...programs: string[]): void => {
    world.commands.onRun = ({ argv }) => {
      if (programs.includes(argv[0] ?? '') && argv[1] !== 'migrate.js' && argv[1] !== 'seed.js')
        throw new AppError('failed', `"${argv[0] ?? ''}" ended with exit code 1`);
    };
  };
  function aWorld(more: object = { setup, teardown }): EnvironmentWorld {
    const world = new EnvironmentWorld();
    world.commit(environmentFileText(['frontend'], database, more));
    return world;
  }

  it('runs once the setup has begun, while all that was made is there, and then all is taken back', async () => {
    const world = aWorld();
    const before = await world.state();
    const failing = (call: string): void => {
      if (call === 'workloads.release') throw new AppError('failed', 'no room');
    };
    world.commands.onRun = async ({ argv, env }) => {
      if (argv[1] !== 'forget.js') return;
      expect(await world.worktree('x')).toBeDefined();
      expect(await world.databases.owner('wt_x')).toBeDefined();
      expect(env).toMatchObject({ A: 'x', DATABASE_URL: expect.stringContaining('wt_x') as unknown });
    };
    const told: string[] = [];
    const report = ({ step, state }: Progress): void => void told.push(`${step} ${state}`);
    const hook = { before: failing, after: () => undefined };
    await expect(world.create({ target: branch('x') }, { report, hook })).rejects.toThrow('no room');
    expect(ranOf(world)).toEqual(['register', 'node forget.js', 'two']);
    expect(told.indexOf('teardown done')).toBeLessThan(told.indexOf('database undone'));
    expect(await world.state()).toEqual(before);
  });

  it('runs all of its commands though the setup did not end, and is told where it fails itself', async () => {
    const world = aWorld();
    const before = await world.state();
    failsAt(world, 'register', 'node');
    await expect(world.create({ target: branch('x') })).rejects.toMatchObject({
      message: 'setup[0]: "register" ended with exit code 1',
      explanation: expect.stringContaining(
        'Left behind: Run the teardown commands: teardown[0]: "node" ended with exit code 1',
      ) as unknown,
    });
    expect(ranOf(world)).toEqual(['register', 'node forget.js', 'two']);
    expect(world.commands.runs[1]?.env['DATABASE_URL']).toContain('.invalid');
    expect(await world.state()).toEqual(before);
  });

  it('does not run before anything of the repository has, nor where the environment stays', async () => {
    const world = aWorld();
    const { connect } = world.databases;
    world.databases.connect = async () => {
      throw new AppError('unreachable', 'away');
    };
    await expect(world.create({ target: branch('x') })).rejects.toThrow('away');
    world.databases.connect = connect;
    await world.create({ target: branch('x') });
    world.edited.set(folder, environmentFileText(['frontend'], database, { setup: [command('other')], teardown }));
    failsAt(world, 'other');
    await expect(world.create({ target: { kind: 'worktree', path: folder } })).rejects.toThrow('setup[0]');
    expect(ranOf(world)).toEqual(['register', 'other']);
  });
});
