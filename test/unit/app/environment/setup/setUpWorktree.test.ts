import { describe, expect, it } from 'vitest';
import { setUpWorktree } from '../../../../../src/app/environment/setup/setUpWorktree';
import { environmentLock, nameLock } from '../../../../../src/app/run/withLock';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { command, environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const run = { signal: new AbortController().signal, report: () => undefined };
const folder = '/code/repo.worktrees/x';
const setup = [command('npm', 'ci'), command('npm', 'run', 'generate')];

async function worldWith(): Promise<EnvironmentWorld> {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['frontend'], undefined, { setup }));
  await world.createBranch('x');
  world.commands.runs.length = 0;
  return world;
}

const ran = (world: EnvironmentWorld) => world.commands.runs.map(({ argv }) => argv.join(' '));

describe('running the setup of a worktree again', () => {
  it('runs what has changed, and all by force', async () => {
    const world = await worldWith();
    expect(await setUpWorktree(world.createPorts())({ folder }, run)).toEqual({ ran: 0, logs: [] });
    expect(await setUpWorktree(world.createPorts())({ folder: `${folder}/src`, force: true }, run)).toEqual({
      ran: 2,
      logs: ['/logs/setup-0-x.log', '/logs/setup-1-x.log'],
    });
    expect(world.commands.runs.at(-1)).toMatchObject({ cwd: folder, env: { WORKTREE_NAME: 'x' } });
  });

  it('needs no environment', async () => {
    const world = await worldWith();
    await setUpWorktree(world.createPorts())({ folder: '/code/repo' }, run);
    expect(world.commands.runs[0]).toMatchObject({ cwd: '/code/repo', env: { COPPICE_MAIN_WORKTREE: '/code/repo' } });
  });

  it('knows no database: not the caller’s, nor what a copied .env says', async () => {
    const world = await worldWith();
    world.edited.set(folder, environmentFileText(['frontend'], database, { setup }));
    await setUpWorktree(world.createPorts())({ folder, force: true }, run);
    expect(new URL(world.commands.runs.at(-1)?.env['DATABASE_URL'] ?? '').hostname).toMatch(/\.invalid$/);
    world.edited.set('/code/repo', environmentFileText(['frontend'], database, { setup }));
    // The main worktree without an environment has its own .env.
    await setUpWorktree(world.createPorts())({ folder: '/code/repo', force: true }, run);
    expect(world.commands.runs.at(-1)?.env).not.toHaveProperty('DATABASE_URL');
  });

  it.each([
    ['refs/heads/y', 'on a branch'],
    ['worktree:y', 'on none, as agents make it'],
  ])('of a worktree without an environment does not run beside a create of it: %s, %s', async (ref) => {
    const world = await worldWith();
    const path = '/code/repo.worktrees/y';
    await world.worktrees.add(world.worktrees.repositoryInfo, { kind: 'new', folder: path, branch: 'y', base: 'main' });
    const list = world.worktrees.list.bind(world.worktrees);
    world.worktrees.list = async (...given) =>
      (await list(...given)).map((each) =>
        each.path === path && ref === 'worktree:y' ? { ...each, branch: undefined } : each,
      );
    let beside: unknown;
    world.commands.onRun = async () => {
      beside ??= await setUpWorktree(world.createPorts())({ folder: path }, run).then(
        () => 'ran',
        (error: unknown) => error,
      );
    };
    // Until its record is written, a create holds only the lock of the name.
    const held = await world.locks.acquire(nameLock(world.worktrees.repositoryInfo, ref), 'a create');
    await expect(setUpWorktree(world.createPorts())({ folder: path }, run)).rejects.toMatchObject({ code: 'conflict' });
    expect(ran(world)).toEqual([]);
    await held.release();
    await world.create({ target: { kind: 'worktree', path } });
    expect(beside).toMatchObject({ code: 'conflict' });
    expect(world.locks.held).toEqual([]);
  });

  it('is refused where the file names no commands, and where nobody approved them', async () => {
    const world = await worldWith();
    world.edited.set(folder, environmentFileText(['frontend']));
    await expect(setUpWorktree(world.createPorts())({ folder }, run)).rejects.toMatchObject({ code: 'notConfigured' });
    world.edited.delete(folder);
    world.approvals.approvesAll = false;
    await expect(setUpWorktree(world.createPorts())({ folder, force: true }, run)).rejects.toMatchObject({
      code: 'unapproved',
    });
    expect(ran(world)).toEqual([]);
  });

  it('does not run what the file came to say while a person was asked', async () => {
    const world = await worldWith();
    world.approvals.approvesAll = false;
    const approve = async (): Promise<boolean> => {
      world.edited.set(folder, environmentFileText(['frontend'], undefined, { setup: [command('theirs')] }));
      return true;
    };
    await expect(
      setUpWorktree(world.createPorts())({ folder, force: true }, { ...run, approve }),
    ).rejects.toMatchObject({ code: 'unapproved' });
    expect(ran(world)).toEqual([]);
  });

  it('waits for nobody who changes the environment, and goes on where it failed', async () => {
    const world = await worldWith();
    const worktree = await world.worktree('x');
    const owner = worktree && (await world.identities.read(worktree))?.owner;
    const held = await world.locks.acquire(
      environmentLock(owner ?? { repositoryId: '', worktreeId: '' }),
      'it is busy',
    );
    await expect(setUpWorktree(world.createPorts())({ folder }, run)).rejects.toMatchObject({ code: 'conflict' });
    await held.release();
    world.commands.onRun = ({ argv }) => {
      if (argv.includes('generate')) throw new AppError('failed', 'no');
    };
    await expect(setUpWorktree(world.createPorts())({ folder, force: true }, run)).rejects.toThrow('setup[1]: no');
    world.commands.onRun = () => undefined;
    await setUpWorktree(world.createPorts())({ folder }, run);
    expect(ran(world)).toEqual(['npm ci', 'npm run generate', 'npm run generate']);
    expect(world.locks.held).toEqual([]);
  });
});
