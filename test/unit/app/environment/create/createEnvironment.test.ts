import { describe, expect, it } from 'vitest';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import type { CreateRequest } from '../../../../../src/app/environment/requests';
import type { Progress } from '../../../../../src/app/run/run';
import { createdJson } from '../../../../../src/cli/toJson';
import { AppError } from '../../../../../src/core/errors';
import type { Identity, Owner } from '../../../../../src/core/model';
import { crashing, database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { crashAt, recorder } from '../../../../support/faults';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const stranger: Owner = { repositoryId: 'ffffffffffff', worktreeId: 'eeeeeeeeeeee' };
const branch = (name: string, base?: string): CreateRequest['target'] => ({
  kind: 'branch',
  branch: name,
  ...(base === undefined ? {} : { base }),
});

async function identityOf(world: EnvironmentWorld, name: string): Promise<Identity | undefined> {
  const worktree = await world.worktree(name);
  return worktree && world.identities.read(worktree);
}

async function failsAndChangesNothing(
  world: EnvironmentWorld,
  request: Partial<CreateRequest> & Pick<CreateRequest, 'target'>,
  error: object,
): Promise<void> {
  const before = await world.state();
  const changes = world.cluster.changes.length;
  await expect(world.create(request)).rejects.toMatchObject(error);
  expect(await world.state()).toEqual(before);
  expect(world.cluster.changes).toHaveLength(changes);
  expect(world.locks.held).toEqual([]);
}

/** The number of the first call of this name in a create. */
async function numberOf(call: string, target: CreateRequest['target']): Promise<number> {
  const hook = recorder();
  await new EnvironmentWorld().create({ target }, { hook });
  const number = hook.calls.indexOf(call);
  expect(number).toBeGreaterThan(0);
  return number;
}

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
      PORT: '3001',
      METRICS_PORT: String(identity.parts.services?.metricsPorts['backend']),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_SERVICE_NAME: 'backend',
      OTEL_RESOURCE_ATTRIBUTES: 'k8s.namespace.name=worktree-feat-x,coppice.worktree=feat-x,coppice.branch=feat%2Fx',
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      TEMPORAL_NAMESPACE: 'worktree-feat-x',
    });
  });

  it('tells each step as it begins and ends, and counts to the end', async () => {
    const world = new EnvironmentWorld();
    const told: Progress[] = [];
    await world.createBranch('feat/x', { report: (progress) => told.push(progress) });
    const ids = ['cluster', 'server', 'namespace', 'worktree', 'template', 'database', 'release', 'ready'];
    expect(
      told
        .filter(({ state }) => state === 'done')
        .map(({ step }) => step)
        .sort(),
    ).toEqual([...ids].sort());
    expect(told.at(-1)).toMatchObject({ step: 'ready', state: 'done', finished: 8, total: 8 });
    expect(told.every(({ total }) => total === 8)).toBe(true);
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

  describe('branches', () => {
    it('starts a new one from the default branch, and from the base that is asked for', async () => {
      const world = new EnvironmentWorld();
      const first = (await world.createBranch('one')).worktree;
      const ahead = world.worktrees.commit(first, 'more');
      expect((await world.createBranch('two')).worktree.head).not.toBe(ahead);
      expect((await world.create({ target: branch('three', 'one') })).worktree.head).toBe(ahead);
      world.settings = { ...world.settings, 'worktree.base': 'one' };
      expect((await world.createBranch('four')).worktree.head).toBe(ahead);
    });

    it('starts from the upstream where the default branch here is behind, and says which', async () => {
      const world = new EnvironmentWorld();
      const newer = world.worktrees.commitRemotely('main', 'newer');
      const { worktree, notes } = await world.createBranch('one');
      expect(worktree.head).toBe(newer);
      expect(notes).toEqual(['The branch starts from origin/main: main here is 1 commit behind it.']);
      const asked = await world.create({ target: branch('two', 'main') });
      expect(asked.worktree.head).not.toBe(newer);
      expect(asked.notes).toEqual(['The branch starts from main, which is 1 commit behind origin/main.']);
    });

    it('checks a local one out and leaves it alone afterwards', async () => {
      const world = new EnvironmentWorld();
      world.worktrees.makeBranch('feat/x');
      expect((await world.createBranch('feat/x')).identity.createdBranch).toBe(false);
    });

    it.each(['origin/feat/x', 'feat/x'])(
      'makes a tracking one when %s is asked for and only the remote has it',
      async (name) => {
        const world = new EnvironmentWorld();
        world.worktrees.makeRemoteBranch('feat/x');
        const { worktree } = await world.createBranch(name);
        expect(worktree.branch).toBe('feat/x');
        expect((await world.worktrees.status(worktree)).upstream).toBe('origin/feat/x');
      },
    );

    it('takes the local one when there is one of the remote name', async () => {
      const world = new EnvironmentWorld();
      world.worktrees.makeRemoteBranch('feat/x');
      world.worktrees.makeBranch('feat/x');
      const { worktree } = await world.createBranch('origin/feat/x');
      expect((await world.worktrees.status(worktree)).upstream).toBeUndefined();
    });

    it('gives the worktree that asks for its own branch an environment', async () => {
      const world = new EnvironmentWorld();
      const { worktree } = await world.createBranch('main');
      expect(worktree).toMatchObject({ path: '/code/repo', isMain: true });
    });

    const refused: [string, Partial<CreateRequest> & Pick<CreateRequest, 'target'>, object][] = [
      ['an empty name', { target: branch('') }, { code: 'invalidInput', message: 'A branch name is needed.' }],
      ['a command', { target: branch('$(id)') }, { code: 'invalidInput' }],
      ['a list of commands', { target: branch('a;b') }, { code: 'invalidInput' }],
      ['an option', { target: branch('--output=x') }, { code: 'invalidInput' }],
      ['quotes', { target: branch(`x"y'z`) }, { code: 'invalidInput' }],
      ['a base that is none', { target: branch('x', 'nowhere') }, { code: 'invalidInput', message: /"nowhere"/ }],
      [
        'a base for a branch that exists',
        { target: branch('taken', 'main') },
        { code: 'conflict', message: /a base is only/ },
      ],
      [
        'a branch that is checked out elsewhere',
        { target: branch('held') },
        { code: 'conflict', message: /checked out/ },
      ],
      ['the remote name of a branch that is held', { target: branch('origin/main') }, { code: 'conflict' }],
      [
        'a remote branch that is none',
        { target: branch('origin/held') },
        { code: 'invalidInput', message: /no branch held on origin/ },
      ],
      ['a folder outside of any repository', { folder: '/elsewhere', target: branch('x') }, { code: 'invalidInput' }],
      [
        'a folder that exists',
        { target: branch('x'), worktreeFolder: 'occupied' },
        { code: 'conflict', message: /exists/ },
      ],
      ['a worktree that is none', { target: { kind: 'worktree', path: '/code/nowhere' } }, { code: 'notFound' }],
      ['a worktree whose folder is gone', { target: { kind: 'worktree', path: '/code/lost' } }, { code: 'notFound' }],
    ];
    it.each(refused)('refuses %s', async (_what, request, error) => {
      const world = new EnvironmentWorld();
      world.worktrees.makeBranch('taken');
      const { repositoryInfo } = world.worktrees;
      await world.worktrees.add(repositoryInfo, { kind: 'new', branch: 'held', base: 'main', folder: '/code/held' });
      const lost = await world.worktrees.add(repositoryInfo, {
        ...{ kind: 'new', branch: 'lost', base: 'main', folder: '/code/lost' },
      } as const);
      world.worktrees.loseFolder(lost);
      world.worktrees.occupy('/code/occupied');
      const expected = Object.fromEntries(
        Object.entries(error).map(([key, value]) => [
          key,
          value instanceof RegExp ? expect.stringMatching(value) : value,
        ]),
      );
      const isLate = request.worktreeFolder !== undefined;
      if (isLate) {
        const before = await world.state();
        await expect(world.create(request)).rejects.toMatchObject(expected);
        expect(await world.state()).toEqual(before);
      } else {
        await failsAndChangesNothing(world, request, expected);
      }
    });
  });

  describe('the environment file', () => {
    it.each([
      ['is broken', 'services: [', { code: 'invalidInput', message: 'coppice.yaml:1:1: the text is no JSON' }],
      [
        'is missing',
        undefined,
        { code: 'notConfigured', message: expect.stringMatching(/^There is no coppice.yaml on main/) },
      ],
    ])('changes nothing when it %s', async (_what, text, error) => {
      const world = new EnvironmentWorld();
      world.commit(text);
      await failsAndChangesNothing(world, { target: branch('x') }, error);
    });

    it('is to be committed when it is there but on no branch', async () => {
      const world = new EnvironmentWorld();
      world.commit(undefined);
      world.edited.set('/code/repo', environmentFileText(['a']));
      await failsAndChangesNothing(
        world,
        { target: branch('x') },
        { message: expect.stringContaining('is not committed') },
      );
      expect((await world.createBranch('main')).ready).toBe(true);
    });
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

  describe('names', () => {
    it('are others than those of another repository, and stay when a better one is free', async () => {
      const other = new EnvironmentWorld();
      other.worktrees.repositoryInfo = { ...other.worktrees.repositoryInfo, id: 'ba9876543210' };
      await other.createBranch('feat/x');
      const world = new EnvironmentWorld(other);
      const { identity, worktree } = await world.createBranch('feat/x');
      expect(identity.names.slug).toMatch(/^feat-x-[0-9a-f]{6}$/);
      await other.delete({ path: '/code/repo.worktrees/feat-x' });
      const again = await world.create({ target: { kind: 'worktree', path: worktree.path } });
      expect(again.identity.names.slug).toBe(identity.names.slug);
    });

    it.each(['feat-a', 'feat_a', 'Feat/A'])('of feat/a and of %s differ', async (near) => {
      const world = new EnvironmentWorld();
      const a = (await world.createBranch('feat/a')).identity;
      const b = (await world.createBranch(near)).identity;
      expect(a.names.slug).toBe('feat-a');
      expect(
        new Set([
          a.names.namespace,
          b.names.namespace,
          a.parts.database?.database,
          b.parts.database?.database,
          a.names.host,
          b.names.host,
        ]).size,
      ).toBe(6);
    });

    it('are not those of a database that nobody knows', async () => {
      const world = new EnvironmentWorld();
      world.databases.held.set('wt_x', { kind: 'foreign' });
      expect((await world.createBranch('x')).identity.parts.database?.database).toMatch(/^wt_x_[0-9a-f]{6}$/);
      expect(world.databases.held.get('wt_x')).toEqual({ kind: 'foreign' });
    });

    it('are chosen anew for what never was finished and was lost to another', async () => {
      const world = new EnvironmentWorld();
      world.commands.onRun = async () => {
        const worktree = await world.worktree('x');
        if (worktree) world.worktrees.writeFile(worktree, 'notes');
        throw new AppError('failed', 'migrate.js ended with exit code 1.');
      };
      await world.worktrees.add(world.worktrees.repositoryInfo, {
        kind: 'new',
        branch: 'other',
        base: 'main',
        folder: '/o',
      });
      world.edited.set('/code/repo', environmentFileText(['a']));
      await expect(world.createBranch('x')).rejects.toMatchObject({
        explanation: expect.stringContaining('/code/repo.worktrees/x'),
      });
      world.commands.onRun = () => undefined;
      world.cluster.addForeignNamespace('worktree-x', stranger);
      expect((await world.createBranch('x')).identity.names.slug).toMatch(/^x-[0-9a-f]{6}$/);
    });
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

    it('is built anew when what its commands read is another, for databases that are made from then on', async () => {
      const world = new EnvironmentWorld();
      world.environmentFiles.inputs.set('/code/repo', 'one migration');
      await world.createBranch('x');
      await world.createBranch('y');
      expect(cwds(world)).toHaveLength(2);
      world.environmentFiles.inputs.set('/code/repo', 'two migrations');
      world.environmentFiles.inputs.set('/code/repo.worktrees/z', 'an experiment');
      // What is there is kept, and needs no template.
      await world.create({ target: { kind: 'worktree', path: '/code/repo.worktrees/x' } });
      expect(cwds(world)).toHaveLength(2);
      await world.createBranch('z');
      expect(cwds(world)).toEqual(['/code/repo', '/code/repo', '/code/repo', '/code/repo']);
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
    world.releases.before = async (method) => {
      const worktree = await world.worktree('x');
      if (method !== 'install' || !worktree) return;
      world.worktrees.writeFile(worktree, 'precious');
      throw new AppError('failed', 'Helm failed.');
    };
    await expect(world.createBranch('x')).rejects.toMatchObject({
      code: 'failed',
      message: 'Helm failed.',
      explanation: expect.stringMatching(/^Left behind: the worktree \/code\/repo.worktrees\/x, which has files in it/),
    });
    expect(await world.cluster.listNamespaces()).toEqual([]);
    expect([...world.databases.held.keys()]).toEqual(['fibonacci_template']);
    world.releases.before = () => undefined;
    const again = await world.createBranch('x');
    expect(again).toMatchObject({ ready: true, identity: { createdBranch: true, state: 'created' } });
    expect(world.worktrees.folders.get(again.worktree.path)?.files).toContain('precious');
  });

  describe('again', () => {
    it('keeps database, password, ports and names, and takes what the file says now', async () => {
      const world = new EnvironmentWorld();
      const { identity, worktree } = await world.createBranch('x');
      const secret = await world.cluster.readSecret(identity.names.namespace, 'coppice-database');
      const before = world.cluster.changes.length;
      world.clock.advance(5000);
      world.edited.set(worktree.path, environmentFileText(['frontend', 'extra'], database));
      const again = await world.create({ target: { kind: 'worktree', path: worktree.path } });
      expect(again.identity).toEqual({
        ...identity,
        parts: {
          ...identity.parts,
          services: {
            metricsPorts: { frontend: identity.parts.services?.metricsPorts['frontend'], extra: expect.any(Number) },
          },
        },
      });
      expect(await world.cluster.readSecret(identity.names.namespace, 'coppice-database')).toEqual(secret);
      expect(world.cluster.changes.slice(before).filter((change) => !change.startsWith('annotate'))).toEqual([]);
      const { annotations } = (await world.cluster.readNamespace(identity.names.namespace)) ?? {};
      expect(annotations?.['metrics-ports']).toBe(JSON.stringify(again.identity.parts.services?.metricsPorts));
      expect(again.services.map(({ name }) => name).sort()).toEqual(['extra', 'frontend']);
    });

    it('brings back an environment whose namespace is gone, with its data and its claim to the branch', async () => {
      const world = new EnvironmentWorld();
      const { identity, worktree } = await world.createBranch('x');
      await world.cluster.deleteNamespace(identity.names.namespace, identity.owner);
      const again = await world.create({ target: { kind: 'worktree', path: worktree.path } });
      expect(again).toMatchObject({ ready: true, identity: { createdBranch: true, createdAt: identity.createdAt } });
      expect(world.databases.held.get(identity.parts.database?.database ?? '')).toMatchObject({ kind: 'environment' });
    });

    it('refuses when another has the name of an environment that was finished', async () => {
      const world = new EnvironmentWorld();
      const { identity, worktree } = await world.createBranch('x');
      await world.cluster.deleteNamespace(identity.names.namespace, identity.owner);
      world.cluster.addForeignNamespace(identity.names.namespace, stranger);
      const target = { kind: 'worktree', path: worktree.path } as const;
      await failsAndChangesNothing(world, { target }, { code: 'conflict' });
    });

    it('refuses while its namespace is being deleted', async () => {
      const world = new EnvironmentWorld();
      const { identity, worktree } = await world.createBranch('x');
      world.cluster.setTerminating(identity.names.namespace);
      const target = { kind: 'worktree', path: worktree.path } as const;
      await failsAndChangesNothing(world, { target }, { code: 'conflict' });
    });

    it('is an environment of its own for a copy of the repository', async () => {
      const world = new EnvironmentWorld();
      const original = await world.createBranch('main');
      world.worktrees.recordedId = 'cccccccccccc';
      const copy = await world.createBranch('main');
      expect(copy.identity.owner.repositoryId).toBe('cccccccccccc');
      expect(copy.identity.names.namespace).not.toBe(original.identity.names.namespace);
      expect((await world.cluster.readNamespace(original.identity.names.namespace))?.owner?.repositoryId).toBe(
        '0123456789ab',
      );
    });

    it('does not guess from a record that cannot be read', async () => {
      const world = new EnvironmentWorld();
      const { worktree } = await world.createBranch('x');
      world.identities.damage(worktree);
      await expect(world.createBranch('x')).rejects.toMatchObject({ code: 'failed' });
      expect(world.cluster.changes.filter((change) => change.startsWith('delete'))).toEqual([]);
    });
  });

  describe('after a run that was cut off', () => {
    it.each(['cluster.claimNamespace', 'worktrees.add', 'identities.write', 'databases.clone', 'releases.install'])(
      'behind %s goes on with what is there, also in a branch of its own',
      async (call) => {
        const target = branch('feat/x', 'main');
        const world = new EnvironmentWorld();
        const hook = crashAt(await numberOf(call, target), 'after');
        await expect(world.create({ target }, { hook })).rejects.toThrow();
        expect(hook.crashed).toBe(true);
        world.locks.abandonAll();
        const { identity, ready } = await world.create({ target });
        expect(ready).toBe(true);
        expect(identity).toMatchObject({ names: { slug: 'feat-x' }, createdBranch: true, state: 'created' });
        expect(await world.cluster.listNamespaces()).toHaveLength(1);
        await world.delete({ path: '/code/repo.worktrees/feat-x' });
        expect(await world.state()).toEqual(await new EnvironmentWorld().state());
      },
    );

    it('between branch and worktree takes the branch, which was made for just this', async () => {
      const target = branch('feat/x', 'main');
      const world = new EnvironmentWorld();
      const hook = crashAt(await numberOf('worktrees.add', target), 'before');
      await expect(world.create({ target }, { hook })).rejects.toThrow();
      world.locks.abandonAll();
      world.worktrees.makeBranch('feat/x');
      expect((await world.create({ target })).identity.createdBranch).toBe(true);
    });

    it('takes no worktree that was made elsewhere meanwhile', async () => {
      const target = branch('feat/x');
      const world = new EnvironmentWorld();
      const hook = crashAt(await numberOf('worktrees.add', target), 'before');
      await expect(world.create({ target }, { hook })).rejects.toThrow();
      world.locks.abandonAll();
      const { repositoryInfo } = world.worktrees;
      await world.worktrees.add(repositoryInfo, { kind: 'new', branch: 'feat/x', base: 'main', folder: '/by/hand' });
      await expect(world.create({ target })).rejects.toMatchObject({ code: 'conflict' });
      expect(await identityOf(world, 'feat/x')).toBeUndefined();
    });

    it('keeps the name that was claimed, though a better one is free by now', async () => {
      const world = new EnvironmentWorld();
      world.cluster.addForeignNamespace('worktree-x', stranger);
      const hook = crashAt(await numberOf('identities.write', branch('x')), 'before');
      await expect(world.createBranch('x', { hook })).rejects.toThrow();
      world.locks.abandonAll();
      const [claimed] = (await world.cluster.listNamespaces()).filter(
        ({ owner }) => owner?.repositoryId === '0123456789ab',
      );
      await world.cluster.deleteNamespace('worktree-x', stranger);
      expect((await world.createBranch('x')).identity.names.namespace).toBe(claimed?.name);
    });
  });
});

describe('planCreate', () => {
  const plan = (world: EnvironmentWorld, target: CreateRequest['target']) =>
    planCreate(world.createPorts())(
      { folder: '/code/repo', target },
      { signal: new AbortController().signal, report: () => undefined },
    );

  it('says what a create then does, and changes nothing', async () => {
    const world = new EnvironmentWorld();
    const before = await world.state();
    const planned = await plan(world, branch('feat/x'));
    expect(await world.state()).toEqual(before);
    expect(planned).toMatchObject({ branchKind: 'new', base: { name: 'main' } });
    const { identity, worktree } = await world.createBranch('feat/x');
    expect(planned).toMatchObject({
      worktreeFolder: worktree.path,
      slug: identity.names.slug,
      namespace: identity.names.namespace,
      temporalNamespace: identity.parts.temporal?.namespace,
      database: identity.parts.database?.database,
      host: identity.names.host,
      metricsPorts: identity.parts.services?.metricsPorts,
    });
    expect(planned.steps.map(({ id }) => id)).toEqual([
      'cluster',
      'server',
      'namespace',
      'worktree',
      'template',
      'database',
      'release',
      'ready',
    ]);
  });

  it('starts no cluster and no server', async () => {
    const world = new EnvironmentWorld();
    world.cluster.setStopped();
    world.databases.failure = new AppError('unreachable', 'not started');
    expect((await plan(world, branch('feat/x'))).slug).toBe('feat-x');
    expect(await world.cluster.probe()).toBeUndefined();
  });
});
