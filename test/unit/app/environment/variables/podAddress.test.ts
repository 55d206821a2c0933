import { describe, expect, it } from 'vitest';
import { terminalVariables } from '../../../../../src/app/environment/variables/terminalVariables';
import { environmentFileName, type EnvironmentFile } from '../../../../../src/core/environmentFile';
import { AppError } from '../../../../../src/core/errors';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { defaultSettings } from '../../../../../src/core/settings';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const { signal } = new AbortController();

/** A world whose cluster is a real one, and whose pods reach the database server by another address than this machine. */
function realWorld(kind: ClusterIdentity['kind'] = 'context'): EnvironmentWorld {
  const world = new EnvironmentWorld();
  Reflect.set(world.cluster, 'identity', { kind });
  world.settings = {
    ...defaultSettings,
    'postgres.url': 'postgresql://admin@127.0.0.1:5432/',
    'postgres.podAddress': 'db.infra:6543',
  };
  world.databases.podAddress = 'db.infra:6543';
  return world;
}

const inSecret = async (world: EnvironmentWorld) =>
  (await world.cluster.readSecret('worktree-x', 'coppice-database'))?.['DATABASE_URL'];
const inTerminal = async (world: EnvironmentWorld) => {
  const openDatabases = () => Promise.resolve(world.databases);
  const ports = { ...world.createPorts(), openDatabases };
  return (await terminalVariables(ports)('/code/repo.worktrees/x', signal))?.['DATABASE_URL'];
};

describe('a server that pods reach by an address of its own', () => {
  it('is told to pods by that one, to commands and terminals by the one that works here', async () => {
    const world = realWorld();
    await world.createBranch('x');
    expect(await inSecret(world)).toBe('postgresql://wt_x:secret1@db.infra:6543/wt_x');
    expect(await inTerminal(world)).toBe('postgresql://wt_x:secret1@127.0.0.1:5432/wt_x');
    const urls = world.commands.runs.map(({ env }) => env['DATABASE_URL']);
    expect(urls).toHaveLength(2);
    for (const url of urls) expect(url).toContain('@127.0.0.1:5432/');
  });

  it('keeps the database and its password on an update, and moves on when the address does', async () => {
    const world = realWorld();
    await world.createBranch('x');
    const update = () => world.create({ target: { kind: 'worktree', path: '/code/repo.worktrees/x' } });
    await update();
    expect(await inSecret(world)).toBe('postgresql://wt_x:secret1@db.infra:6543/wt_x');
    world.databases.podAddress = 'db.infra:7000';
    await update();
    expect(await inSecret(world)).toBe('postgresql://wt_x:secret2@db.infra:7000/wt_x');
  });

  it('is no matter to the embedded cluster, whose services run on this machine', async () => {
    const world = realWorld('embedded');
    await world.createBranch('x');
    expect(await inSecret(world)).toBe('postgresql://wt_x:secret1@127.0.0.1:5432/wt_x');
    expect(await inTerminal(world)).toBe('postgresql://wt_x:secret1@127.0.0.1:5432/wt_x');
  });

  it('is told to terminals as the file writes it, to pods by a variable of their own, and to Coppice as it is', async () => {
    const world = realWorld();
    const form = 'postgresql+asyncpg://$(DATABASE_USER)@$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)';
    const file: EnvironmentFile = JSON.parse(world.worktrees.files.get(environmentFileName) ?? '');
    world.commit(JSON.stringify({ ...file, database: { ...file.database, url: form } }));
    await world.createBranch('x');
    expect(await inTerminal(world)).toBe('postgresql+asyncpg://wt_x@127.0.0.1:5432/wt_x');
    expect(await inSecret(world)).toBe('postgresql://wt_x:secret1@db.infra:6543/wt_x');
    const { services } = world.releases.installed('worktree-x', 'x')?.values ?? { services: [] };
    expect(services.length).toBeGreaterThan(0);
    for (const { env } of services) expect(env['DATABASE_URL']).toBe(form);
  });

  it('must be known before anything is made', async () => {
    const world = realWorld('k3d');
    world.settings = defaultSettings;
    const before = await world.state();
    await expect(world.createBranch('x')).rejects.toMatchObject({
      code: 'notConfigured',
      remedy: { action: { kind: 'openSettings', setting: 'postgres.url' } },
    });
    expect(await world.state()).toEqual(before);
    expect(world.cluster.changes).toEqual([]);
    expect(world.databases.connects).toBe(0);
  });
});

it('a quota that has no room is refused before anything is made', async () => {
  const world = realWorld();
  world.settings = { ...world.settings, 'quota.pods': 2 };
  const before = await world.state();
  await expect(world.createBranch('x')).rejects.toMatchObject({
    code: 'notConfigured',
    message: expect.stringMatching(/coppice\.quota\.pods allows 2 pods, and coppice\.yaml asks for 3/),
  });
  expect(await world.state()).toEqual(before);
});

describe('of the two addresses of the server a create names the one that fails', () => {
  it('from here', async () => {
    const world = realWorld();
    world.databases.failure = new AppError('unreachable', 'Connect to PostgreSQL: it does not answer.');
    await expect(world.createBranch('x')).rejects.toMatchObject({
      code: 'unreachable',
      message:
        'This machine does not reach the server of coppice.postgres.url. Connect to PostgreSQL: it does not answer.',
      remedy: { action: { kind: 'openSettings', setting: 'postgres.url' } },
    });
    expect((await world.cluster.listNamespaces()).map(({ name }) => name)).toEqual([]);
  });

  it('from pods', async () => {
    const world = realWorld();
    const message = 'Error: connect ECONNREFUSED db.infra:6543';
    world.podOf = () => ({
      isReady: false,
      container: {
        ...{ state: 'waiting', reason: 'CrashLoopBackOff', message: undefined, exitCode: undefined },
        lastTermination: { reason: 'Error', exitCode: 1, message },
      },
    });
    const result = await world.createBranch('x');
    expect(result).toMatchObject({
      ready: false,
      notes: [
        'This machine reaches the database server, but pods do not, at db.infra:6543: see coppice.postgres.podAddress.',
      ],
    });
  });
});
