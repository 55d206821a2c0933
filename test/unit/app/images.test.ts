import { describe, expect, it } from 'vitest';
import { planCreate } from '../../../src/app/environment/plan/planCreate';
import type { Progress } from '../../../src/app/run/run';
import { environmentFileName, type BuildSpec, type EnvironmentFile } from '../../../src/core/environmentFile';
import { AppError } from '../../../src/core/errors';
import type { ClusterIdentity } from '../../../src/core/model';
import { imageName } from '../../../src/core/ports/images';
import type { LocalClusterRecord } from '../../../src/core/ports/localClusters';
import { EnvironmentWorld } from '../../support/environmentWorld';
import { environmentFileText } from '../../support/fakes/fakeEnvironmentFiles';
import { nodeHere, remoteNode } from '../../support/fakes/fakeNodes';

const context: ClusterIdentity = { kind: 'context', context: 'team', server: 'https://team:6443', caSha256: 'ab' };
const k3d: ClusterIdentity = { kind: 'k3d', context: 'k3d-one', server: 'https://0.0.0.0:6550', caSha256: 'cd' };
const backend: BuildSpec = { context: 'backend', dockerfile: 'Dockerfile', target: undefined, args: {} };

/** A cluster that runs containers; the frontend has an image, the others are built of one folder. */
function aWorld(cluster = context, change: Partial<EnvironmentFile['services'][number]> = {}): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.cluster.identity = cluster;
  const file = JSON.parse(environmentFileText(['frontend', 'backend', 'worker'])) as EnvironmentFile;
  const services = file.services.map((service) => ({
    ...service,
    mount: false,
    ...(service.name === 'frontend' ? {} : { image: undefined, build: backend }),
    ...(service.name === 'worker' ? change : {}),
  }));
  world.commit(JSON.stringify({ ...file, services }));
  world.settings = { ...world.settings, 'registry.push': 'localhost:5000' };
  return world;
}

function imagesOf(world: EnvironmentWorld): Record<string, string> {
  const release = world.releases.installed('worktree-x', 'x');
  return Object.fromEntries(release?.values.services.map(({ name, image }) => [name, image]) ?? []);
}

function record(folders: LocalClusterRecord['folders'] = []): LocalClusterRecord {
  const identity = { ...k3d, context: 'k3d-one', server: 'https://0.0.0.0:6550' };
  return {
    version: 1,
    name: 'one',
    mark: 'mark',
    state: 'created',
    httpPort: 80,
    registry: 'localhost:5111',
    folders,
    access: { identity, kubeconfig: '/home/k3d/one' },
    createdAt: '2026-01-01T00:00:00Z',
  };
}

async function refusal(world: EnvironmentWorld): Promise<AppError> {
  const before = await world.state();
  const error: unknown = await world.createBranch('x').catch((reason: unknown) => reason);
  expect(await world.state()).toEqual(before);
  expect(world.cluster.changes).toEqual([]);
  expect(world.images.changes).toEqual([]);
  if (!(error instanceof AppError)) throw new Error(`Not refused: ${String(error)}`);
  return error;
}

const plan = (world: EnvironmentWorld) =>
  planCreate(world.createPorts())(
    { folder: '/code/repo', target: { kind: 'branch', branch: 'x' } },
    { signal: new AbortController().signal, report: () => undefined },
  );

describe('images of a create', () => {
  it('hold nothing of what git ignores and is copied or patched, and the step says so', async () => {
    const world = aWorld();
    const file = JSON.parse(world.worktrees.files.get(environmentFileName) ?? '') as object;
    const patch = { 'backend/x.env': { A: '1' } };
    world.commit(JSON.stringify({ ...file, copy: ['backend/.env', 'frontend/.env'], patch }));
    for (const path of ['backend/.env', 'frontend/.env']) world.worktreeFiles.ignored.add(path);
    const told: Progress[] = [];
    await world.createBranch('x', { report: (progress) => told.push(progress) });
    expect(world.images.requests[0]).toMatchObject({ withheld: ['backend/.env', 'backend/x.env', 'frontend/.env'] });
    const details = told.map((progress) => ('detail' in progress ? progress.detail : undefined));
    expect(details).toContain('1 built, 1 pushed; without backend/.env, backend/x.env');
    // What was copied or patched once still lies there when the file does not name it any more.
    world.images.content = 'two';
    world.edited.set('/code/repo.worktrees/x', JSON.stringify(file));
    await world.create({ target: { kind: 'worktree', path: '/code/repo.worktrees/x' } });
    expect(world.images.requests.at(-1)).toMatchObject({
      withheld: ['backend/.env', 'backend/x.env', 'frontend/.env'],
    });
  });

  it('are built of the worktree, once for those that ask for the same, and pods name what the nodes pull', async () => {
    const world = aWorld();
    world.settings = { ...world.settings, 'registry.pull': 'registry:5000/team' };
    await world.createBranch('x');
    expect(world.images.changes).toEqual(['build backend', 'push backend']);
    expect(world.images.requests).toHaveLength(1);
    expect(world.images.requests[0]).toMatchObject({ folder: '/code/repo.worktrees/x', name: 'coppice/repo' });
    expect(imagesOf(world)).toEqual({
      frontend: 'node:24',
      backend: 'registry:5000/team/coppice/repo:one-backend',
      worker: 'registry:5000/team/coppice/repo:one-backend',
    });
  });

  it('are apart where anything of the build is another', async () => {
    const world = aWorld(context, { build: { ...backend, args: { A: '1' } } });
    await world.createBranch('x');
    expect(world.images.requests.map(({ build }) => build.args)).toEqual([{}, { A: '1' }]);
  });

  it('are neither built nor pushed again while the content is the same, in whatever worktree', async () => {
    const world = aWorld();
    await world.createBranch('x');
    await world.createBranch('y');
    await world.create({ target: { kind: 'worktree', path: '/code/repo.worktrees/x' } });
    expect(world.images.changes).toEqual(['build backend', 'push backend']);
    world.images.content = 'two';
    await world.create({ target: { kind: 'worktree', path: '/code/repo.worktrees/x' } });
    expect(world.images.changes).toHaveLength(4);
    expect(imagesOf(world)['backend']).toBe('localhost:5000/coppice/repo:two-backend');
  });

  it('tell their lines, and stay when the create fails', async () => {
    const world = aWorld();
    const told: Progress[] = [];
    world.releases.before = (method) => {
      if (method === 'install') throw new AppError('failed', 'No chart.');
    };
    const created = world.createBranch('x', { report: (progress) => told.push(progress) });
    await expect(created).rejects.toThrow('No chart.');
    const ofImages = told.filter(({ step }) => step === 'images').map(({ state, detail }) => [state, detail]);
    expect(ofImages).toEqual([
      ['running', undefined],
      ['running', 'building backend'],
      ['done', '1 built, 1 pushed'],
    ]);
    world.releases.before = () => undefined;
    await world.createBranch('x');
    expect(world.images.changes).toEqual(['build backend', 'push backend']);
  });

  it('leave nothing behind when one cannot be built, and end the other builds', async () => {
    const world = aWorld(context, { build: { ...backend, context: 'other' } });
    let other: AbortSignal | undefined;
    world.images.before = (method, signal) => {
      if (method !== 'make') return undefined;
      if (world.images.requests.at(-1)?.build.context === 'backend') {
        throw new AppError('failed', 'The image of backend could not be built: npm ERR!');
      }
      other = signal;
      return new Promise((_, reject) => {
        const end = (): void => reject(new DOMException('Ended.', 'AbortError'));
        if (signal?.aborted) end();
        signal?.addEventListener('abort', end);
      });
    };
    const before = await world.state();
    await expect(world.createBranch('x')).rejects.toMatchObject({
      code: 'failed',
      message: 'The image of backend could not be built: npm ERR!',
    });
    expect(other?.aborted).toBe(true);
    expect(await world.state()).toEqual(before);
  });

  it('wait for another create that makes the same one, and say so', async () => {
    const world = aWorld();
    const other = await world.locks.acquire('image coppice/repo:one-backend', 'the image is being made');
    const told: string[] = [];
    let waits = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (waits = resolve));
    const creating = world.createBranch('x', {
      report: ({ step, detail }) => {
        if (step === 'images' && detail !== undefined) told.push(detail);
        if (detail?.startsWith('waits')) waits();
      },
    });
    await waiting;
    expect(world.images.changes).toEqual([]);
    await other.release();
    await creating;
    expect(told).toEqual([
      'waits for another create that makes the same image',
      'building backend',
      '1 built, 1 pushed',
    ]);
    expect(world.locks.held).toEqual([]);
  });

  it('are no step of the embedded cluster, which asks for no Docker', async () => {
    const world = aWorld({ kind: 'embedded' });
    world.images.before = () => {
      throw new AppError('missingTool', 'Docker was not found.');
    };
    const { steps, images } = await plan(world);
    expect(steps.map(({ id }) => id)).not.toContain('images');
    expect(images).toEqual([]);
    await world.createBranch('x');
    expect(imagesOf(world)['backend']).toBe('coppice.local/x/backend');
  });

  it('are named by the plan, which builds nothing', async () => {
    const world = aWorld();
    const { steps, images } = await plan(world);
    expect(images).toEqual([
      { name: 'coppice/repo', services: ['backend', 'worker'], context: 'backend', dockerfile: 'Dockerfile' },
    ]);
    expect(steps.find(({ id }) => id === 'release')?.after).toEqual(['images']);
    expect(world.images.changes).toEqual([]);
  });

  it('have a name that every registry takes', () => {
    expect(['Fibonacci', 'a  b_c', '-x-', '日本', 'a'.repeat(100)].map(imageName)).toEqual([
      'coppice/fibonacci',
      'coppice/a-b-c',
      'coppice/x',
      'coppice/repository',
      `coppice/${'a'.repeat(60)}`,
    ]);
  });
});

describe('the way of images to the nodes', () => {
  it('is the registry that Coppice made with the cluster, whatever the settings say', async () => {
    const world = aWorld(k3d);
    world.localClusters = [record()];
    await world.createBranch('x');
    expect(imagesOf(world)['backend']).toBe('localhost:5111/coppice/repo:one-backend');
  });

  it('is none where the only node runs containers in the engine that builds', async () => {
    const world = aWorld();
    world.settings = { ...world.settings, 'registry.push': '' };
    const shared = { ...remoteNode, runtime: 'docker://28.0.0', kernel: '6.1.0', hostName: 'laptop' };
    world.nodes.nodes = [shared];
    await world.createBranch('x');
    expect(world.images.changes).toEqual(['build backend']);
    expect(imagesOf(world)['backend']).toBe('localhost/coppice/repo:one-backend');
    // By another name, but on this very machine.
    world.nodes.nodes = [{ ...nodeHere, runtime: 'docker://28.0.0', kernel: '6.1.0' }];
    await world.createBranch('y');
  });

  it.each([
    [
      'other engines',
      [{ ...remoteNode, runtime: 'docker://28.0.0', kernel: '6.1.0' }],
      /^Its node runs containers in docker/,
    ],
    ['containerd', [{ ...nodeHere, kernel: '6.1.0', hostName: 'laptop' }], /^Its node runs containers in containerd/],
    [
      'several nodes',
      [remoteNode, { ...remoteNode, name: 'b' }],
      /^Its 2 nodes run containers in containerd:\/\/1.7.2,/,
    ],
    ['nodes that cannot be seen', undefined, /cannot be seen/],
  ])('is missing with %s, which is said before anything is made', async (_, nodes, explanation) => {
    const world = aWorld();
    world.settings = { ...world.settings, 'registry.push': '' };
    world.nodes.nodes = nodes;
    const error = await refusal(world);
    expect(error).toMatchObject({
      code: 'notConfigured',
      message:
        'Images that are built here cannot reach team: name a registry that both see in the setting coppice.registry.push.',
      remedy: { action: { kind: 'openSettings', setting: 'coppice.registry.push' } },
    });
    expect(error.explanation).toMatch(explanation);
    await expect(plan(world)).rejects.toMatchObject({ code: 'notConfigured' });
  });

  it.each(['http://localhost:5000', 'team', 'a.b/', 'a.b/Team', 'a.b:x', '-a.b --x'])(
    'is no registry at %s',
    async (address) => {
      const world = aWorld();
      world.settings = { ...world.settings, 'registry.push': address };
      expect((await refusal(world)).message).toMatch(/^The setting coppice\.registry\.push is no registry's address: /);
    },
  );

  it.each(['engine', 'verifyRegistry'])('is asked for before anything is made: %s', async (method) => {
    const world = aWorld();
    world.images.before = (called) => {
      if (called === method) throw new AppError('unreachable', 'Not there.');
    };
    expect(await refusal(world)).toMatchObject({ code: 'unreachable' });
  });
});

describe('services that containers cannot be made of', () => {
  it('are refused where containers are, with the name of the service', async () => {
    const world = aWorld(context, { build: undefined });
    expect(await refusal(world)).toMatchObject({
      code: 'invalidInput',
      message: `${environmentFileName}: services.worker has neither image nor build: team runs containers, and expects one, such as "image: node:24".`,
    });
  });
});

describe('the worktree in a pod', () => {
  const mounting = (cluster = context): EnvironmentWorld => aWorld(cluster, { mount: true });

  function worktreeOf(world: EnvironmentWorld): object | undefined {
    return world.releases.installed('worktree-x', 'x')?.values.worktree;
  }

  it('is there when the only node is this machine', async () => {
    const world = mounting();
    await world.createBranch('x');
    expect(worktreeOf(world)).not.toHaveProperty('nodeFolder');
  });

  it.each([
    ['a node elsewhere', [remoteNode]],
    ['a container on this machine', [{ ...nodeHere, machineId: 'of the container' }]],
    ['several nodes', [nodeHere, remoteNode]],
    ['nodes that cannot be seen', undefined],
  ])('cannot be with %s, which is said before anything is made', async (_, nodes) => {
    const world = mounting();
    world.nodes.nodes = nodes;
    expect(await refusal(world)).toMatchObject({
      code: 'notConfigured',
      message:
        'team cannot mount the worktree into worker: its nodes do not have /code/repo.worktrees/x. Use "build" instead of "mount: true", or name a folder that its nodes have, too, in the setting coppice.cluster.mountedFolders.',
    });
  });

  it('is found by the folder that a setting names, under the name that nodes have for it', async () => {
    const world = mounting();
    world.nodes.nodes = [remoteNode];
    world.settings = { ...world.settings, 'cluster.mountedFolders': ['/home', '/code=/mnt/c/code/'] };
    await world.createBranch('x');
    expect(worktreeOf(world)).toMatchObject({
      folder: '/code/repo.worktrees/x',
      nodeFolder: '/mnt/c/code/repo.worktrees/x',
    });
  });

  it('must lie below what a cluster of Coppice mounts', async () => {
    const world = mounting(k3d);
    world.localClusters = [record([{ folder: '/code', inNodes: '/code' }])];
    await world.createBranch('x');
    expect(worktreeOf(world)).not.toHaveProperty('nodeFolder');
    const other = mounting(k3d);
    other.localClusters = [record([{ folder: '/elsewhere', inNodes: '/elsewhere' }])];
    expect(await refusal(other)).toMatchObject({
      code: 'notConfigured',
      message:
        'k3d-one cannot mount the worktree into worker: its nodes do not have /code/repo.worktrees/x. Put worktrees below /elsewhere by the setting coppice.worktree.folder.',
    });
  });
});
