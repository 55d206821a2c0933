import { describe, expect, it } from 'vitest';
import { deleteOrphan } from '../../../../../src/app/environment/delete/deleteOrphan';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import { terminalVariables } from '../../../../../src/app/environment/variables/terminalVariables';
import type { UsedSpec } from '../../../../../src/core/environmentFile';
import { AppError } from '../../../../../src/core/errors';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const run = { signal: new AbortController().signal, report: () => undefined };
const context: ClusterIdentity = { kind: 'context', context: 'c', server: 'https://c', caSha256: 'ab' };

function worldWith(uses: readonly UsedSpec[], more: { readonly database?: typeof database } = {}): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['web'], more.database, { uses }));
  return world;
}

async function made(world: EnvironmentWorld) {
  const { worktree, identity } = await world.createBranch('x');
  const values = world.releases.installed(identity.names.namespace, identity.names.release)?.values;
  const service = (name: string) => values?.services.find((each) => each.name === name);
  const ports = (name: string) => identity.parts.uses?.services[name]?.ports ?? {};
  return { worktree, identity, service, ports };
}

const cache = { name: 'cache', tool: 'redis' } as const;
const appended = 'appendonly.aof';

describe('what an environment uses, where pods are processes of this machine', () => {
  it('is a service that others wait for, at a port of its own, with its data outside of the worktree', async () => {
    const world = worldWith([cache]);
    const { service, ports, identity } = await made(world);
    const { redis: port = 0 } = ports('cache');
    const { owner } = identity;
    expect(port).toBeGreaterThanOrEqual(30_000);
    expect(service('cache')).toMatchObject({
      port,
      routes: [],
      mount: false,
      bare: true,
      graceSeconds: 30,
      env: {},
      command: expect.arrayContaining([
        '/usr/bin/redis-server',
        ...['--bind', '127.0.0.1', '--port', String(port)],
        ...['--dir', `/uses/${owner.repositoryId}-${owner.worktreeId}/cache.redis/data`],
      ]),
    });
    expect(service('cache')).not.toHaveProperty('data');
    expect(service('web')).toMatchObject({
      dependsOn: { cache: 'healthy' },
      env: {
        CACHE_URL: `redis://127.0.0.1:${port}`,
        CACHE_HOST: '127.0.0.1',
        CACHE_PORT: String(port),
        REDIS_URL: `redis://127.0.0.1:${port}`,
      },
    });
    expect(identity.parts.services?.metricsPorts).toEqual({ web: expect.any(Number) });
  });

  it('is told to terminals as to services', async () => {
    const world = worldWith([cache]);
    const { worktree, ports } = await made(world);
    const openDatabases = async () => world.databases;
    const seen = await terminalVariables({ ...world.createPorts(), openDatabases })(worktree.path, run.signal);
    expect(seen).toMatchObject({
      REDIS_URL: `redis://127.0.0.1:${ports('cache')['redis']}`,
      COPPICE_USES_NAMES: expect.stringContaining('CACHE_URL'),
    });
  });

  it('keeps its ports and data over an update, and takes none that another environment or program has', async () => {
    const world = worldWith([cache]);
    const first = await made(world);
    world.uses.write({ ...cache, owner: first.identity.owner, service: 'cache' }, appended);
    const { identity } = await world.create({ target: { kind: 'worktree', path: first.worktree.path } });
    expect(identity.parts.uses).toEqual(first.identity.parts.uses);
    expect(await world.uses.written(identity.owner)).toHaveLength(1);
    const { redis: port = 0 } = first.ports('cache');
    world.ports.taken.add(port + 1);
    // Whatever it would begin with, it goes on until one is free.
    for (const branch of ['y', 'z']) {
      const other = (await world.createBranch(branch)).identity.parts.uses?.services['cache']?.ports['redis'];
      expect([port, port + 1]).not.toContain(other);
    }
  });

  it('gets another port where a program came to listen at its own while it did not run, and only then', async () => {
    const world = worldWith([cache]);
    const { worktree, identity, ports } = await made(world);
    const { redis: port = 0 } = ports('cache');
    world.ports.taken.add(port);
    const again = async () => {
      const { identity: now } = await world.create({ target: { kind: 'worktree', path: worktree.path } });
      return now.parts.uses?.services['cache']?.ports['redis'];
    };
    expect(await again()).toBe(port);
    world.cluster.setFacts(identity.names.namespace, { deployments: [], pods: [], ingresses: [] });
    const other = await again();
    expect(other).not.toBe(port);
    const env = world.releases.installed(identity.names.namespace, identity.names.release)?.values.services;
    expect(env?.find(({ name }) => name === 'web')?.env).toMatchObject({ REDIS_URL: `redis://127.0.0.1:${other}` });
  });

  it('has no address any more once it is not used, and comes back with its data', async () => {
    const world = worldWith([cache]);
    const { worktree, identity } = await made(world);
    world.uses.write({ ...cache, owner: identity.owner, service: 'cache' }, appended);
    const update = async (uses: readonly UsedSpec[]) => {
      world.edited.set(worktree.path, environmentFileText(['web'], undefined, { uses }));
      await world.create({ target: { kind: 'worktree', path: worktree.path } });
      return world.releases.installed(identity.names.namespace, identity.names.release)?.values.services;
    };
    const without = await update([]);
    expect(without?.map(({ name }) => name)).toEqual(['web']);
    expect(without?.[0]?.env).not.toHaveProperty('CACHE_URL');
    await expect(world.delete({ path: worktree.path })).rejects.toMatchObject({
      losses: [{ kind: 'data', examples: ['cache (Redis)'] }],
    });
    expect((await update([cache]))?.map(({ name }) => name)).toEqual(['web', 'cache']);
  });

  it('comes with the next update to an environment that had none', async () => {
    const world = worldWith([]);
    const { worktree, identity } = await made(world);
    expect(identity.parts).not.toHaveProperty('uses');
    world.edited.set(worktree.path, environmentFileText(['web'], undefined, { uses: [cache] }));
    const updated = await world.create({ target: { kind: 'worktree', path: worktree.path } });
    expect(updated.services.map(({ name }) => name)).toEqual(['web', 'cache']);
    expect((await world.identities.read(worktree))?.parts.uses?.services).toHaveProperty('cache');
  });

  it('is refused before anything is made when its program is missing, also by a plan', async () => {
    const world = worldWith([cache]);
    world.uses.missing.add('redis');
    const before = await world.state();
    const line = /^coppice.yaml: uses.cache is Redis, and there is no redis-server on this machine\. To install it: /;
    await expect(world.createBranch('x')).rejects.toMatchObject({
      code: 'missingTool',
      message: expect.stringMatching(line),
    });
    const target = { kind: 'branch', branch: 'x' } as const;
    await expect(planCreate(world.createPorts())({ folder: '/code/repo', target }, run)).rejects.toThrow(line);
    expect(await world.state()).toEqual(before);
  });

  it('needs nobody to approve it: a file names a tool, and no program, and none is taken of the repository', async () => {
    const world = worldWith([cache]);
    world.approvals.approvesAll = false;
    const asked: string[] = [];
    await world.createBranch('x', {
      approve: async ({ commands }) => {
        asked.push(...commands.map(({ place }) => place));
        return true;
      },
    });
    expect(asked).toEqual(['services.web.command']);
    await world.createBranch('y');
    expect(world.uses.worktrees).toEqual(expect.arrayContaining(['/code/repo', '/code/repo.worktrees/x']));
  });

  it('fills its data first where its tool needs that, and takes them back with a create that fails', async () => {
    const world = worldWith([{ name: 'db', tool: 'mysql' }]);
    const failing = {
      before: (call: string) => {
        if (call === 'releases.install') throw new AppError('failed', 'Helm failed.');
      },
      after: () => undefined,
    };
    await expect(world.createBranch('x', { hook: failing })).rejects.toThrow('Helm failed.');
    expect(world.commands.runs.map(({ argv }) => argv.slice(0, 3))).toEqual([
      ['/usr/bin/mysqld', '--no-defaults', '--initialize-insecure'],
    ]);
    expect(world.uses.folders.size).toBe(0);
  });

  it('keeps data, and its record, where an update is taken back whose services stay: a server may run on them', async () => {
    const world = worldWith([]);
    const { worktree, identity } = await made(world);
    world.edited.set(worktree.path, environmentFileText(['web'], undefined, { uses: [cache] }));
    const ctrlC = new AbortController();
    const hook = {
      before: () => undefined,
      // Helm has installed it, and it runs.
      after: (call: string) => {
        if (call !== 'releases.install') return;
        world.uses.write({ ...cache, owner: identity.owner, service: 'cache' }, appended);
        ctrlC.abort(new DOMException('cancelled', 'AbortError'));
      },
    };
    const target = { kind: 'worktree', path: worktree.path } as const;
    await expect(world.create({ target }, { hook, signal: ctrlC.signal })).rejects.toThrow(
      /the data of cache, which may be in use/,
    );
    expect(await world.uses.written(identity.owner)).toHaveLength(1);
    expect((await world.identities.read(worktree))?.parts.uses?.services).toHaveProperty('cache');
    await expect(world.delete({ path: worktree.path })).rejects.toMatchObject({ losses: [{ kind: 'data' }] });
  });

  it('tells DATABASE_URL of a database where there is no PostgreSQL, and only there', async () => {
    const db = { name: 'db', tool: 'mysql' } as const;
    const alone = await made(worldWith([db]));
    const url = `mysql://root@127.0.0.1:${alone.ports('db')['mysql']}/app`;
    expect(alone.service('web')?.env).toMatchObject({
      DB_URL: url,
      MYSQL_URL: url,
      DATABASE_URL: url,
      DATABASE_NAME: 'app',
      DATABASE_USER: 'root',
    });
    const beside = await made(worldWith([db], { database }));
    expect(beside.service('web')?.env).not.toHaveProperty('DATABASE_URL');
  });

  it('has a page in the browser, and a second port, where its tool has them', async () => {
    const { service, ports } = await made(worldWith([{ name: 'mail', tool: 'mailpit' }]));
    const { page, smtp } = ports('mail');
    expect(service('mail')).toMatchObject({ host: 'mail', routes: ['/'], port: page, morePorts: { smtp } });
    expect(service('web')?.env).toMatchObject({ MAIL_PORT: String(smtp), SMTP_URL: `smtp://127.0.0.1:${smtp}` });
    expect(service('web')?.env).toMatchObject({ COPPICE_URL_MAIL: expect.stringContaining('http://mail.x.localhost') });
  });
});

describe('data of what an environment uses', () => {
  it('go with it once that is accepted by name, and without a word where there are none', async () => {
    const world = worldWith([cache]);
    const { worktree, identity } = await made(world);
    world.uses.write({ ...cache, owner: identity.owner, service: 'cache' }, appended);
    await expect(world.delete({ path: worktree.path })).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'data', count: 1, examples: ['cache (Redis)'] }],
    });
    expect(world.uses.folders.size).toBeGreaterThan(0);
    await world.delete({ path: worktree.path, accepted: ['data'] });
    expect(world.uses.folders.size).toBe(0);
    const again = await made(world);
    await world.delete({ path: again.worktree.path });
    expect(world.uses.folders.size).toBe(0);
  });

  it('go with an orphan, which only the namespace tells of', async () => {
    const world = worldWith([cache]);
    const { worktree, identity } = await made(world);
    world.uses.write({ ...cache, owner: identity.owner, service: 'cache' }, appended);
    await world.worktrees.remove(world.worktrees.repositoryInfo, worktree, []);
    const orphan = (accepted: 'data'[]) =>
      deleteOrphan(world.createPorts())({ folder: '/code/repo', namespace: 'worktree-x', accepted }, run);
    await expect(orphan([])).rejects.toMatchObject({ losses: [{ kind: 'data' }] });
    await orphan(['data']);
    expect(world.uses.folders.size).toBe(0);
  });
});

describe('what an environment uses, where containers run', () => {
  async function onCluster(uses: readonly UsedSpec[], hasVolumes: boolean | 'denied' = true) {
    const world = worldWith(uses);
    world.cluster.identity = context;
    world.uses.missing.add('redis');
    world.hasVolumes = hasVolumes;
    world.settings = { ...world.settings, 'quota.enabled': false };
    return { world, ...(await made(world)) };
  }

  it('is its official image with a volume, at the name of its service', async () => {
    const { world, worktree, service, identity } = await onCluster([cache, { name: 'search', tool: 'elasticsearch' }]);
    expect(identity.parts.uses?.services['cache']).toEqual({ tool: 'redis', ports: {}, isKept: true });
    expect(service('cache')).toMatchObject({
      image: 'redis:8.0.3',
      command: ['docker-entrypoint.sh', 'redis-server', '--appendonly', 'yes', '--save', ''],
      port: 6379,
      data: { path: '/data', tool: 'redis', isKept: true },
    });
    expect(service('search')).toMatchObject({ data: { isKept: true, group: 1000 }, health: '/_cluster/health' });
    expect(service('web')?.env).toMatchObject({ REDIS_URL: 'redis://cache:6379', SEARCH_URL: 'http://search:9200' });
    expect(world.uses.folders.size).toBe(0);
    // Programs of this machine do not reach it. With nothing set they would find the main worktree's in a copied .env.
    const openDatabases = async () => world.databases;
    const seen = await terminalVariables({ ...world.createPorts(), openDatabases })(worktree.path, run.signal);
    expect(seen).toMatchObject({ REDIS_URL: 'redis://cache.only-in-the-cluster.coppice.invalid:6379' });
    await expect(world.delete({ path: worktree.path })).rejects.toMatchObject({
      losses: [{ kind: 'data', count: 2, examples: [expect.stringMatching(/cannot be told/), expect.anything()] }],
    });
    await world.delete({ path: worktree.path, accepted: ['data'] });
  });

  it('leads commands and env files of this machine nowhere, and not to the main worktree', async () => {
    const world = new EnvironmentWorld();
    const uses = [cache, { name: 'db', tool: 'mysql' }] as const;
    const patch = { '.env': { REDIS_URL: '$(CACHE_URL)', OTHER: '$(DATABASE_URL)' } };
    const setup = [{ command: ['node', 'setup.js'], env: {}, inputs: [], timeout: undefined }];
    world.commit(environmentFileText(['web'], undefined, { uses, copy: ['.env'], patch, setup }));
    world.worktreeFiles.ignored.add('.env');
    world.cluster.identity = context;
    world.settings = { ...world.settings, 'quota.enabled': false };
    const { worktree } = await world.createBranch('x');
    const nowhere = 'redis://cache.only-in-the-cluster.coppice.invalid:6379';
    const database = 'mysql://root@db.only-in-the-cluster.coppice.invalid:3306/app';
    expect(world.worktreeFiles.texts.get(`${worktree.path}/.env`)).toContain(
      `REDIS_URL=${nowhere}\nOTHER=${database}\n`,
    );
    expect(world.commands.runs.at(-1)?.env).toMatchObject({ CACHE_URL: nowhere, DATABASE_URL: database });
  });

  it('is made where this user may not ask for storage classes, and with a volume: what waits for one tells so', async () => {
    const { service } = await onCluster([cache], 'denied');
    expect(service('cache')).toMatchObject({ data: { isKept: true } });
  });

  it('is asked about once it is not used any more, or is another tool: its volume is there until the delete', async () => {
    const { world, worktree } = await onCluster([cache, { name: 'db', tool: 'mysql' }]);
    world.edited.set(
      worktree.path,
      environmentFileText(['web'], undefined, { uses: [{ name: 'db', tool: 'mariadb' }] }),
    );
    for (let time = 0; time < 2; time++) await world.create({ target: { kind: 'worktree', path: worktree.path } });
    const examples = ['db (MariaDB)', 'db (MySQL)', 'cache (Redis)'].map((each) => `${each}: it cannot be told`);
    await expect(world.delete({ path: worktree.path })).rejects.toMatchObject({ losses: [{ kind: 'data', examples }] });
  });

  it('loses its data with its pod where the cluster gives no volumes, and nothing is asked of what keeps none', async () => {
    expect((await onCluster([cache], false)).service('cache')).toMatchObject({ data: { isKept: false } });
    for (const isKept of [true, false]) {
      const { world, worktree, identity } = await onCluster([cache], isKept);
      // Somebody has changed the cluster's default since: where the data are stays.
      world.hasVolumes = !isKept;
      const target = { kind: 'worktree', path: worktree.path } as const;
      await world.create({ target });
      const values = world.releases.installed(identity.names.namespace, identity.names.release)?.values;
      expect(values?.services.find(({ name }) => name === 'cache')).toMatchObject({ data: { isKept } });
    }
    const { world, worktree, service } = await onCluster([{ name: 'mem', tool: 'memcached' }]);
    expect(service('mem')).not.toHaveProperty('data');
    await world.delete({ path: worktree.path });
  });

  it('is dropped with data that no volume has, or becomes another tool, once that is accepted', async () => {
    const { world, worktree } = await onCluster([cache, { name: 'db', tool: 'mysql' }], false);
    const target = { kind: 'worktree', path: worktree.path } as const;
    const use = (uses: readonly UsedSpec[]) =>
      world.edited.set(worktree.path, environmentFileText(['web'], undefined, { uses }));
    use([{ name: 'db', tool: 'mariadb' }]);
    const before = await world.state();
    await expect(world.create({ target })).rejects.toMatchObject({
      code: 'conflict',
      message:
        'What cache (Redis), db (MySQL) keeps would be lost: coppice.yaml uses it no more, and this cluster gave it no volume.',
      losses: [{ kind: 'data', count: 2, examples: ['cache (Redis)', 'db (MySQL)'] }],
    });
    expect(await world.state()).toEqual(before);
    expect(await world.create({ target, accepted: ['data'] })).toMatchObject({ ready: true });
    // It has gone: nothing is asked again, and what is used now is asked for.
    expect(await world.create({ target })).toMatchObject({ ready: true });
    use([]);
    await expect(world.create({ target })).rejects.toMatchObject({ losses: [{ examples: ['db (MariaDB)'] }] });
    use([{ name: 'db', tool: 'mariadb' }, cache]);
    expect(await world.create({ target })).toMatchObject({ ready: true });
  });

  it('is dropped by who takes the environment over only once that is accepted, too', async () => {
    const { world, worktree } = await onCluster([cache], false);
    await world.worktrees.remove(world.worktrees.repositoryInfo, worktree, ['untracked', 'unpushed']);
    world.commit(environmentFileText(['web'], undefined, { uses: [] }));
    const target = { kind: 'branch', branch: worktree.branch ?? '' } as const;
    const before = await world.state();
    await expect(world.create({ target, found: 'adopt' })).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'data', count: 1, examples: ['cache (Redis)'] }],
    });
    expect(await world.state()).toEqual(before);
    expect(await world.create({ target, found: 'adopt', accepted: ['data'] })).toMatchObject({ ready: true });
  });
});
