import { describe, expect, it } from 'vitest';
import { deleteByNamespace } from '../../../../../src/app/environment/delete/deleteByNamespace';
import { everyEnvironment } from '../../../../../src/app/snapshot/everyEnvironment';
import { AppError } from '../../../../../src/core/errors';
import { infraOwner } from '../../../../../src/core/clusters/infra';
import type { Owner } from '../../../../../src/core/model';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { FakeWorktrees } from '../../../../support/fakes/fakeWorktrees';

const { signal } = new AbortController();
const run = { signal, report: () => undefined };
const stranger: Owner = { repositoryId: 'ffffffffffff', worktreeId: 'eeeeeeeeeeee' };

type TestPorts = ReturnType<EnvironmentWorld['createPorts']>;

/** As if the repository and all its worktrees were removed from the disk: other repositories are there. */
function withoutRepository(world: EnvironmentWorld): TestPorts {
  return { ...world.createPorts(), worktrees: new FakeWorktrees('/code/other') };
}

const every = (ports: TestPorts, folder = '/code/repo') =>
  everyEnvironment({ ...ports, ownDatabases: ports.databases }, folder, signal);

async function listed(ports: TestPorts) {
  const { environments } = await every(ports);
  return environments.map(({ namespace, health, claim }) => [namespace, health, claim.kind]);
}

async function worldWithTwo(): Promise<EnvironmentWorld> {
  const world = new EnvironmentWorld();
  await world.createBranch('a');
  await world.createBranch('b');
  return world;
}

describe('every environment of a cluster', () => {
  it('is told with the folders that deletes have set aside in its repositories, each once', async () => {
    const world = await worldWithTwo();
    const ports = world.createPorts();
    const aside = async (folder: string) => (await every(ports, folder)).leftAside;
    expect(await aside('/code/repo')).toEqual([]);
    const b = await world.worktree('b');
    if (b) await world.worktrees.setAside(world.worktrees.repositoryInfo, b, []);
    await world.worktrees.prune();
    const left = [expect.objectContaining({ name: 'b' })];
    expect(await aside('/code/repo')).toEqual(left);
    // From elsewhere as well: its environments say where the repository is.
    expect(await aside('/somewhere')).toEqual(left);
  });

  it('is told with data of those that are gone, and that no worktree says are its own', async () => {
    const world = new EnvironmentWorld();
    world.commit(environmentFileText(['web'], undefined, { uses: [{ name: 'cache', tool: 'redis' }] }));
    for (const branch of ['a', 'b', 'c']) await world.createBranch(branch);
    const left = async (ports: TestPorts = world.createPorts()) => (await every(ports)).leftData;
    expect(await left()).toEqual([]);
    const [b, c] = [await world.worktree('b'), await world.worktree('c')];
    for (const worktree of [b, c]) {
      const owner = worktree && (await world.identities.read(worktree))?.owner;
      if (owner) await world.cluster.deleteNamespace(`worktree-${worktree.branch ?? ''}`, owner);
    }
    // Each has its record yet: the next update finds its data again.
    expect(await left()).toEqual([]);
    if (b) await world.worktrees.remove(world.worktrees.repositoryInfo, b, []);
    const data = {
      services: [{ service: 'cache', tool: 'redis' }],
      place: { repository: '/code/repo', worktree: '/code/repo.worktrees/b' },
    };
    expect(await left()).toEqual([expect.objectContaining(data)]);
    // What might claim it cannot be read.
    const unreadable = withoutRepository(world);
    unreadable.worktrees.repository = () => Promise.reject(new AppError('denied', 'git does not trust it.'));
    expect(await left(unreadable)).toEqual([]);
    // A cluster that runs containers says nothing of this machine's.
    world.cluster.identity = { kind: 'context', context: 'c', server: 'https://c', caSha256: 'ab' };
    expect(await left()).toEqual([]);
  });

  it('is told with databases of those that are gone, and that no worktree says are its own', async () => {
    const world = await worldWithTwo();
    const left = async (ports: TestPorts = world.createPorts()) =>
      (await every(ports)).leftDatabases.map(({ name }) => name);
    expect(await left()).toEqual([]);
    const b = await world.worktree('b');
    const owner = b && (await world.identities.read(b))?.owner;
    if (!b || !owner) throw new Error('b has no environment');
    await world.cluster.deleteNamespace('worktree-b', owner);
    // It has its record yet: the next update finds its database again.
    expect(await left()).toEqual([]);
    await world.worktrees.remove(world.worktrees.repositoryInfo, b, []);
    expect(await left()).toEqual(['wt_b']);
    const unreadable = withoutRepository(world);
    unreadable.worktrees.repository = () => Promise.reject(new AppError('denied', 'git does not trust it.'));
    expect(await left(unreadable)).toEqual([]);
    // A server that is away keeps nobody from seeing what runs.
    world.databases.failure = new AppError('unreachable', 'PostgreSQL does not answer.');
    expect(await left()).toEqual([]);
    expect((await listed(world.createPorts())).length).toBeGreaterThan(0);
  });

  it('is told with whether a worktree claims it', async () => {
    const world = await worldWithTwo();
    world.cluster.addForeignNamespace('worktree-y', stranger);
    world.cluster.addForeignNamespace('infra', infraOwner);
    world.cluster.addForeignNamespace('kube-system');
    const b = await world.worktree('b');
    if (b) await world.worktrees.remove(world.worktrees.repositoryInfo, b, []);
    expect(await listed(world.createPorts())).toEqual([
      ['worktree-a', 'healthy', 'claimed'],
      ['worktree-b', 'healthy', 'unclaimed'],
      ['worktree-y', 'unknown', 'gone'],
    ]);
    expect(await listed(withoutRepository(world))).toEqual([
      ['worktree-a', 'healthy', 'gone'],
      ['worktree-b', 'healthy', 'gone'],
      ['worktree-y', 'unknown', 'gone'],
    ]);
  });

  it('is not called gone where its repository cannot be read', async () => {
    const world = await worldWithTwo();
    const ports = withoutRepository(world);
    ports.worktrees.repository = () => Promise.reject(new AppError('denied', 'git does not trust it.'));
    expect(await listed(ports)).toEqual([
      ['worktree-a', 'healthy', 'unknown'],
      ['worktree-b', 'healthy', 'unknown'],
    ]);
  });
});

describe('delete by namespace', () => {
  const remove = (ports: TestPorts, namespace: string, accepted: 'database'[] = []) =>
    deleteByNamespace(ports)({ namespace, accepted }, run);

  const refuses = async (world: EnvironmentWorld, removing: Promise<void>, error: object): Promise<void> => {
    const before = await world.state();
    await expect(removing).rejects.toMatchObject(error);
    expect(await world.state()).toEqual(before);
    expect(world.locks.held).toEqual([]);
  };

  it('takes services, database, role and namespace of one whose repository is gone, and nothing else', async () => {
    const world = await worldWithTwo();
    const ports = withoutRepository(world);
    await remove(ports, 'worktree-a');
    await remove(ports, 'worktree-b');
    expect(await world.cluster.listNamespaces()).toEqual([]);
    const [empty, left] = await Promise.all([
      new EnvironmentWorld().databases.owner('wt_a'),
      world.databases.owner('wt_a'),
    ]);
    expect(left).toEqual(empty);
    await expect(remove(ports, 'worktree-a')).rejects.toMatchObject({ code: 'notFound' });
  });

  it('asks for a database that was written to, by its name', async () => {
    const world = await worldWithTwo();
    const ports = withoutRepository(world);
    world.databases.written.set('wt_a', [{ table: 'visits', rows: 3 }]);
    await refuses(world, remove(ports, 'worktree-a'), { code: 'conflict', losses: [{ kind: 'database', count: 3 }] });
    await remove(ports, 'worktree-a', ['database']);
    expect(await world.cluster.readNamespace('worktree-a')).toBeUndefined();
  });

  it('leaves what a worktree claims to the ordinary delete, also when only a sibling leads to its repository', async () => {
    const world = await worldWithTwo();
    const a = await world.worktree('a');
    if (a) world.worktrees.loseFolder(a);
    const message =
      'The namespace worktree-a belongs to the worktree /code/repo.worktrees/a: "coppice delete a" in /code/repo deletes both, and with --environment-only the worktree stays.';
    await refuses(world, remove(world.createPorts(), 'worktree-a'), { code: 'conflict', message });
  });

  it('deletes nothing while what may claim it cannot be read', async () => {
    const world = await worldWithTwo();
    const b = await world.worktree('b');
    if (b) world.identities.damage(b);
    await expect(remove(world.createPorts(), 'worktree-b')).rejects.toMatchObject({ code: 'failed' });
    expect(await world.cluster.readNamespace('worktree-b')).toBeDefined();
    if (b) await world.identities.remove(b);
    const ports = withoutRepository(world);
    ports.worktrees.repository = () => Promise.reject(new AppError('denied', 'git does not trust it.'));
    await refuses(world, remove(ports, 'worktree-a'), { code: 'denied' });
  });

  it('touches no namespace without an owner, not what all share, and none of a cluster that others use', async () => {
    const world = await worldWithTwo();
    world.cluster.addForeignNamespace('infra', infraOwner);
    world.cluster.addForeignNamespace('kube-system');
    const ports = withoutRepository(world);
    await refuses(world, remove(ports, 'kube-system'), { code: 'conflict' });
    await refuses(world, remove(ports, 'infra'), { code: 'conflict' });
    world.cluster.identity = { kind: 'context', context: 'shared', server: 'https://example.test' };
    await refuses(world, remove(ports, 'worktree-a'), { code: 'conflict' });
  });
});
