import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../../src/core/errors';
import { database, crashing, EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const uses = [{ name: 'cache', tool: 'redis' }] as const;
const whole = (more: object = {}): string => environmentFileText(['web'], database, { uses, ...more });

function worldWith(text: string): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.commit(text);
  return world;
}

/** What there is for each command of the template: services of the release, and the address of one that is used. */
function seen(world: EnvironmentWorld): { services: string[] | undefined; url: string | undefined }[] {
  const found: { services: string[] | undefined; url: string | undefined }[] = [];
  world.commands.onRun = ({ env }) => {
    const [namespace = '', release = ''] = world.releases.names.at(-1)?.split('/') ?? [];
    const installed = world.releases.installed(namespace, release);
    found.push({ services: installed?.values.services.map(({ name }) => name), url: env['REDIS_URL'] });
  };
  return found;
}

describe('what an environment uses', () => {
  it('runs before its template is built, without the services that need the database', async () => {
    const world = worldWith(whole());
    const found = seen(world);
    const { identity } = await world.createBranch('x');
    const url = `redis://127.0.0.1:${identity.parts.uses?.services['cache']?.ports['redis']}`;
    expect(found).toEqual([
      { services: ['cache'], url },
      { services: ['cache'], url },
    ]);
    const installed = world.releases.installed('worktree-x', identity.names.release)?.values;
    expect(installed?.services.map(({ name }) => name)).toEqual(['web', 'cache']);
    // With the same values for it: it is not started again.
    expect(world.releases.changes).toHaveLength(2);
    // Who finds the template built begins with all at once.
    await world.createBranch('y');
    expect(world.releases.changes).toHaveLength(3);
  });

  it('goes with its data when a migration fails', async () => {
    const world = worldWith(whole());
    const before = await world.state();
    world.commands.onRun = () => {
      throw new AppError('failed', 'no such table');
    };
    const failure = await world.createBranch('x').catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining('no such table'), explanation: undefined });
    expect(await world.state()).toEqual(before);
    expect(world.releases.names).toEqual([]);
    expect(world.uses.folders.size).toBe(0);
  });

  it('ends before the data go that it was filled with, when the template cannot be built', async () => {
    const filling = { migrate: ['php', 'migrate'], seed: undefined, inputs: undefined };
    const world = worldWith(environmentFileText(['web'], database, { uses: [{ name: 'db', tool: 'mysql', filling }] }));
    world.commands.onRun = ({ argv }) => {
      if (argv[0] === 'node') throw new AppError('failed', 'no such table');
    };
    const calls: string[] = [];
    const before = (call: string): void => void calls.push(call);
    const hook = { before, after: () => undefined };
    await expect(world.createBranch('x', { hook })).rejects.toThrow('no such table');
    expect(calls.filter((call) => /^(releases\.(install|uninstall)|uses\.remove)$/.test(call))).toEqual([
      'releases.install',
      'releases.uninstall',
      'uses.remove',
    ]);
    expect(world.uses.folders.size).toBe(0);
  });

  it('that does not get ready keeps no migration from running, and is told when that fails', async () => {
    const world = worldWith(whole());
    world.podOf = (service) => (service === 'cache' ? crashing : {});
    world.settings = { ...world.settings, 'create.readyTimeout': 0.05 };
    world.commands.onRun = ({ argv }) => {
      if (argv[1] === 'seed.js') throw new AppError('failed', 'ECONNREFUSED');
    };
    await expect(world.createBranch('x')).rejects.toMatchObject({
      message: expect.stringMatching(/database\.seed: .*ECONNREFUSED/),
      explanation: expect.stringContaining('cache: CrashLoopBackOff'),
    });
    expect(world.commands.runs).toHaveLength(2);
  });

  it.each([
    ['comes with the same update as the database', {}],
    ["is for a chart of the repository's own to start", { chart: 'chart' }],
  ])('and that %s, is told when a migration fails without it', async (what, more) => {
    const isUpdate = what.startsWith('comes');
    const world = worldWith(isUpdate ? environmentFileText(['web']) : whole(more));
    if (isUpdate) {
      const { worktree } = await world.createBranch('x');
      world.edited.set(worktree.path, whole());
      world.edited.set('/code/repo', whole());
    }
    const installs = world.releases.changes.length;
    world.commands.onRun = () => {
      throw new AppError('failed', 'ECONNREFUSED');
    };
    const target = isUpdate
      ? ({ kind: 'worktree', path: '/code/repo.worktrees/x' } as const)
      : ({ kind: 'branch', branch: 'x' } as const);
    await expect(world.create({ target })).rejects.toMatchObject({
      explanation: expect.stringMatching(/It was not running yet: cache \(Redis\)\. .*after migrate and seed\./),
    });
    expect(world.releases.changes).toHaveLength(installs);
  });

  it('is left as it is where an environment is taken over: its services may run', async () => {
    const world = worldWith(environmentFileText(['web'], undefined, { uses }));
    const { worktree } = await world.createBranch('x');
    await world.worktrees.remove(world.worktrees.repositoryInfo, worktree, []);
    world.commit(whole());
    const installs = world.releases.changes.length;
    world.commands.onRun = () => {
      throw new AppError('failed', 'no such table');
    };
    const target = { kind: 'branch', branch: 'x' } as const;
    const failure: unknown = await world.create({ target, found: 'adopt' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining('no such table') });
    expect(String((failure as AppError).explanation)).not.toContain('not running yet');
    expect(world.releases.changes).toHaveLength(installs);
  });

  it('waits for its turn where commands of this machine do not reach it', async () => {
    const world = worldWith(whole());
    world.cluster.identity = { kind: 'context', context: 'c', server: 'https://c', caSha256: 'ab' };
    const url = 'postgresql://db.example:5432/postgres';
    world.settings = { ...world.settings, 'quota.enabled': false, 'postgres.url': url };
    const found = seen(world);
    await world.createBranch('x');
    expect(found.map(({ services }) => services)).toEqual([undefined, undefined]);
    expect(world.releases.changes).toHaveLength(1);
  });
});
