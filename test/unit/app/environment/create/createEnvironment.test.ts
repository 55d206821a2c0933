import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../../../src/app/run/run';
import { createdJson } from '../../../../../src/cli/toJson';
import { AppError } from '../../../../../src/core/errors';
import { crashing, database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { branch, failsAndChangesNothing } from './creates';

describe('createEnvironment', () => {
  it("gives the seed's branch a worktree with an environment under the seed's names", async () => {
    const world = new EnvironmentWorld();
    const result = await world.createBranch('earl/FIB-123-new-feature');
    expect(result).toMatchObject({
      ready: true,
      database: 'wt_earl_fib_123_new_feature',
      url: 'http://earl-fib-123-new-feature.localhost:8080/',
      worktree: { path: '/code/repo.worktrees/earl-fib-123-new-feature', branch: 'earl/FIB-123-new-feature' },
      identity: {
        names: { namespace: 'worktree-earl-fib-123-new-feature', host: 'earl-fib-123-new-feature.localhost' },
        parts: {
          database: { database: 'wt_earl_fib_123_new_feature', role: 'wt_earl_fib_123_new_feature' },
          temporal: { namespace: 'worktree-earl-fib-123-new-feature' },
        },
        ref: 'refs/heads/earl/FIB-123-new-feature',
        state: 'created',
        createdBranch: true,
      },
    });
    expect(await world.identities.read(result.worktree)).toEqual(result.identity);
    const namespace = await world.cluster.readNamespace('worktree-earl-fib-123-new-feature');
    expect(namespace?.owner).toEqual({
      repositoryId: '0123456789ab',
      worktreeId: result.identity.owner.worktreeId,
    });
    expect(namespace?.annotations).toMatchObject({
      ref: 'refs/heads/earl/FIB-123-new-feature',
      folder: '/code/repo.worktrees/earl-fib-123-new-feature',
      slug: 'earl-fib-123-new-feature',
      database: 'wt_earl_fib_123_new_feature',
      host: 'earl-fib-123-new-feature.localhost',
      'metrics-ports': JSON.stringify(result.identity.parts.services?.metricsPorts),
      'created-branch': 'true',
    });
  });

  it('hands each service what it needs to know', async () => {
    const world = new EnvironmentWorld();
    const { identity } = await world.createBranch('feat/x');
    const release = world.releases.installed('worktree-feat-x', 'feat-x');
    expect(release?.values.databaseSecret).toBe('coppice-database');
    const secret = await world.cluster.readSecret('worktree-feat-x', 'coppice-database');
    expect(secret?.['DATABASE_URL']).toBe('postgresql://wt_feat_x:secret1@127.0.0.1:5432/wt_feat_x');
    const backend = release?.values.services.find(({ name }) => name === 'backend');
    expect(backend?.env).toEqual({
      WORKTREE_NAME: 'feat-x',
      WORKTREE_BRANCH: 'feat/x',
      COPPICE_MAIN_WORKTREE: '/code/repo',
      COPPICE_URL: 'http://feat-x.localhost:$(coppice.dev/gateway-port)',
      COPPICE_URL_FRONTEND: 'http://feat-x.localhost:$(coppice.dev/gateway-port)',
      COPPICE_URL_BACKEND: 'http://feat-x.localhost:$(coppice.dev/gateway-port)/backend',
      COPPICE_URL_WORKER: 'http://feat-x.localhost:$(coppice.dev/gateway-port)/worker',
      HOST: '127.0.0.1',
      PORT: '3001',
      METRICS_PORT: String(identity.parts.services?.metricsPorts['backend']),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_SERVICE_NAME: 'backend',
      OTEL_RESOURCE_ATTRIBUTES: 'k8s.namespace.name=worktree-feat-x,coppice.worktree=feat-x,coppice.branch=feat/x',
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      TEMPORAL_NAMESPACE: 'worktree-feat-x',
    });
  });

  it('tells each step as it begins and ends, and counts to the end', async () => {
    const world = new EnvironmentWorld();
    const told: Progress[] = [];
    await world.createBranch('feat/x', { report: (progress) => told.push(progress) });
    const before = ['cluster', 'server', 'namespace', 'held-release', 'worktree', 'template', 'database', 'migrate'];
    const ids = [...before, 'release', 'ready'];
    expect(
      told
        .filter(({ state }) => state === 'done')
        .map(({ step }) => step)
        .sort(),
    ).toEqual([...ids].sort());
    expect(told.at(-1)).toMatchObject({ step: 'ready', state: 'done', finished: 10, total: 10 });
    expect(told.every(({ total }) => total === 10)).toBe(true);
  });

  it('needs no PostgreSQL where the environment file names no database', async () => {
    const world = new EnvironmentWorld();
    world.commit(environmentFileText(['frontend']));
    world.databases.failure = new AppError('missingTool', 'PostgreSQL was not found.');
    const result = await world.createBranch('feat/x');
    const { identity } = result;
    expect(createdJson(result)).toMatchObject({ database: null });
    expect(world.releases.installed('worktree-feat-x', 'feat-x')?.values.databaseSecret).toBeNull();
    expect((await world.cluster.readNamespace(identity.names.namespace))?.annotations['database']).toBeUndefined();
  });

  it('changes nothing when Helm is missing', async () => {
    const world = new EnvironmentWorld();
    world.releases.before = (method) => {
      if (method === 'verifyTool') throw new AppError('missingTool', 'Helm was not found.');
    };
    await failsAndChangesNothing(world, { target: branch('x') }, { code: 'missingTool' });
  });

  it('changes nothing in a cluster that cannot save it', async () => {
    const world = new EnvironmentWorld();
    world.cluster.stateTroubles.push('Its disk is full.');
    await failsAndChangesNothing(world, { target: branch('x') }, { code: 'failed', message: 'Its disk is full.' });
  });

  it('is not ready when the cluster cannot save what was made, and says so', async () => {
    const world = new EnvironmentWorld();
    world.cluster.stateTroubles.push(undefined, 'Its disk is full.');
    const seen: string[] = [];
    const made = await world.create(
      { target: branch('x') },
      { report: ({ step, state, detail }) => void seen.push(`${step} ${state} ${detail ?? ''}`) },
    );
    expect(made).toMatchObject({ ready: false, notes: ['Its disk is full.'] });
    expect(seen).toContain('ready short Its disk is full.');
    const again = await world.create({ target: { kind: 'worktree', path: made.worktree.path } });
    expect(again.ready).toBe(true);
  });

  it('leaves nothing when PostgreSQL does not start', async () => {
    const world = new EnvironmentWorld();
    world.databases.failure = new AppError('unreachable', 'PostgreSQL did not start.');
    await failsAndChangesNothing(world, { target: branch('x') }, { code: 'unreachable' });
  });

  it('refuses a second create of the branch while the first runs, and not one of another', async () => {
    const world = new EnvironmentWorld();
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    let isInstalling: () => void = () => undefined;
    const installing = new Promise<void>((resolve) => (isInstalling = resolve));
    world.releases.before = async (method) => {
      if (method !== 'install') return;
      world.releases.before = () => undefined;
      isInstalling();
      await held;
    };
    const first = world.createBranch('x');
    await installing;
    await expect(world.createBranch('x')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('an environment for x is being created'),
    });
    expect((await world.createBranch('y')).ready).toBe(true);
    go();
    expect((await first).ready).toBe(true);
  });

  it('gives the services of 20 environments metrics ports of their own', async () => {
    const world = new EnvironmentWorld();
    world.ports.taken.add(9150).add(9151);
    const used: number[] = [];
    for (let index = 0; index < 20; index++) {
      const { identity } = await world.createBranch(`feat/${index}`);
      used.push(...Object.values(identity.parts.services?.metricsPorts ?? {}));
    }
    world.commit(environmentFileText(['frontend', 'backend', 'worker', 'late'], database));
    const { identity } = await world.create({ target: { kind: 'worktree', path: '/code/repo.worktrees/feat-3' } });
    used.push(identity.parts.services?.metricsPorts['late'] ?? 0);
    const next = await world.createBranch('feat/last');
    used.push(...Object.values(next.identity.parts.services?.metricsPorts ?? {}));
    expect(used).toHaveLength(65);
    expect(new Set([...used, 0, 9150, 9151]).size).toBe(68);
  });

  it('is done, and says so, when a service crashes', async () => {
    const world = new EnvironmentWorld();
    world.podOf = (service) => (service === 'backend' ? crashing : {});
    const told: Progress[] = [];
    const result = await world.createBranch('x', { report: (progress) => told.push(progress) });
    expect(result.ready).toBe(false);
    expect(result.identity.state).toBe('created');
    expect(told.at(-1)).toMatchObject({
      step: 'ready',
      state: 'short',
      detail: expect.stringContaining('backend: CrashLoopBackOff (exit code 1: Error: no such table)'),
    });
  });

  it('tells of files that were made in the worktree before the failure, keeps them, and goes on with them', async () => {
    const world = new EnvironmentWorld();
    const before = (call: string): void => {
      if (call !== 'workloads.release') return;
      world.worktrees.folders.get('/code/repo.worktrees/x')?.files.add('precious');
      throw new AppError('failed', 'Helm failed.');
    };
    await expect(world.createBranch('x', { hook: { before, after: () => undefined } })).rejects.toMatchObject({
      code: 'failed',
      message: 'Helm failed.',
      explanation: expect.stringMatching(
        /^Left behind: the worktree \/code\/repo.worktrees\/x, which has files in it that a removal would lose: .*\(.*precious\)/,
      ),
    });
    expect(await world.cluster.listNamespaces()).toEqual([]);
    expect([...world.databases.held.keys()]).toEqual(['fibonacci_template']);
    const again = await world.createBranch('x');
    expect(again).toMatchObject({ ready: true, identity: { createdBranch: true, state: 'created' } });
    expect(world.worktrees.folders.get(again.worktree.path)?.files).toContain('precious');
  });
});
