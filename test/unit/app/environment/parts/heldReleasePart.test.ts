import { describe, expect, it } from 'vitest';
import { updateChanges } from '../../../../../src/app/environment/update/updateChanges';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const run = { signal: new AbortController().signal, report: () => undefined };
const started = ['release worktree-x/frontend', 'release worktree-x/backend', 'release worktree-x/worker'];

function heard(world: EnvironmentWorld, names: readonly string[]) {
  const calls: string[] = [];
  const hook = {
    before: (call: string): void => void (names.includes(call) && calls.push(call)),
    after: () => undefined,
  };
  return { calls, create: () => world.createBranch('x', { hook }) };
}

describe('the release of a new environment', () => {
  it('is installed before there are files, holds its services, and is not installed again', async () => {
    const world = new EnvironmentWorld();
    const { calls, create } = heard(world, ['releases.install', 'worktrees.add', 'databases.clone']);
    expect(await create()).toMatchObject({ ready: true });
    expect(calls.filter((call) => call === 'releases.install')).toHaveLength(1);
    expect(calls.indexOf('releases.install')).toBeLessThan(calls.indexOf('databases.clone'));
    expect(world.releases.installed('worktree-x', 'x')?.values.held).toBe(true);
    expect(world.cluster.changes.filter((change) => change.startsWith('release '))).toEqual(started);
  });

  it('is installed with the files where these say what is in it', async () => {
    const world = new EnvironmentWorld();
    const file = JSON.parse(environmentFileText(['web'], database)) as { services: object[] };
    world.commit(JSON.stringify({ ...file, services: file.services.map((one) => ({ ...one, envFile: ['.env'] })) }));
    world.worktrees.files.set('.env', 'committed');
    world.environmentFiles.variables.set('/code/repo.worktrees/x/.env', { TOKEN: 'text' });
    const { calls, create } = heard(world, ['releases.install', 'databases.clone']);
    await create();
    expect(calls).toEqual(['databases.clone', 'releases.install']);
    expect(world.releases.installed('worktree-x', 'x')?.values.held).toBeUndefined();
  });

  it('is installed again where the services came to be others meanwhile', async () => {
    const world = new EnvironmentWorld();
    const { calls, create } = heard(world, ['releases.install']);
    const { clone } = Object.getPrototypeOf(world.databases) as typeof world.databases;
    world.databases.clone = async (...request) => {
      world.settings = { ...world.settings, 'create.readyTimeout': world.settings['create.readyTimeout'] * 2 };
      return clone.apply(world.databases, request);
    };
    expect(await create()).toMatchObject({ ready: true });
    expect(calls).toEqual(['releases.install', 'releases.install']);
    expect(world.releases.installed('worktree-x', 'x')?.values.held).toBeUndefined();
  });

  it('is taken back where anything beside it fails, and by the next create made whole where nobody could', async () => {
    const world = new EnvironmentWorld();
    const before = await world.state();
    const hook = (calls: readonly string[]) => ({
      before(call: string) {
        if (calls.includes(call)) throw new AppError('failed', call);
      },
      after: () => undefined,
    });
    await expect(world.createBranch('x', { hook: hook(['databases.clone']) })).rejects.toThrow('databases.clone');
    expect(await world.state()).toEqual(before);
    const calls = ['databases.clone', 'releases.uninstall', 'cluster.deleteNamespace'];
    await expect(world.createBranch('x', { hook: hook(calls) })).rejects.toThrow('databases.clone');
    expect(world.releases.names).toEqual(['worktree-x/x']);
    expect(await world.createBranch('x')).toMatchObject({ ready: true });
    expect(world.releases.installed('worktree-x', 'x')?.values.held).toBeUndefined();
  });

  it('differs in nothing from what an update would make', async () => {
    const world = new EnvironmentWorld();
    const { worktree } = await world.createBranch('x');
    const found = await updateChanges(world.createPorts())({ folder: worktree.path }, run);
    expect(found?.changes).toEqual([]);
    expect(found?.before).toBe(found?.after);
    expect(found?.before).not.toMatch(/held/);
  });
});
