import { describe, expect, it } from 'vitest';
import { checkDatabaseServer } from '../../../../src/app/databases/checkDatabaseServer';
import { databaseSecret } from '../../../../src/core/databases/databaseSecret';
import { tellsDatabaseTrouble } from '../../../../src/core/databases/databaseTrouble';
import { AppError } from '../../../../src/core/errors';
import type { ClusterIdentity } from '../../../../src/core/model';
import { defaultSettings } from '../../../../src/core/settings';
import { crashing, EnvironmentWorld } from '../../../support/environmentWorld';

const run = { signal: new AbortController().signal, report: () => undefined };
const path = '/code/repo.worktrees/x';

async function aWorld(kind: ClusterIdentity['kind'] = 'context'): Promise<EnvironmentWorld> {
  const world = new EnvironmentWorld();
  Reflect.set(world.cluster, 'identity', { kind });
  world.settings = {
    ...defaultSettings,
    'postgres.url': 'postgresql://a@db:5432/',
    'postgres.podAddress': 'db.infra:6543',
  };
  world.databases.podAddress = 'db.infra:6543';
  return world;
}

const check = (world: EnvironmentWorld, folder = path) => checkDatabaseServer(world.createPorts())({ folder }, run);
const ended = (message: string) => ({
  ...crashing,
  container: { ...crashing.container, lastTermination: { reason: 'Error', exitCode: 1, message } },
});

describe('checkDatabaseServer', () => {
  it('knows that pods reach the server by the sessions that it has', async () => {
    const world = await aWorld();
    await world.createBranch('x');
    world.databases.peerAddresses = ['10.42.0.7'];
    expect(await check(world)).toEqual({
      machine: { state: 'reached', detail: 'connected' },
      pods: { state: 'reached', detail: 'sessions from 10.42.0.7' },
    });
  });

  it('says that pods do not, by the reason of a service that is down', async () => {
    const world = await aWorld();
    world.podOf = (service) =>
      service === 'backend' ? (ended('Error: connect ECONNREFUSED db.infra:6543') as typeof crashing) : {};
    await world.createBranch('x');
    expect(await check(world)).toMatchObject({
      machine: { state: 'reached' },
      pods: {
        state: 'failed',
        detail: 'at db.infra:6543: backend: exit code 1: Error: connect ECONNREFUSED db.infra:6543',
        setting: 'postgres.podAddress',
      },
    });
  });

  it('tells nothing of what a namespace that is somebody else’s by now says', async () => {
    const world = await aWorld();
    world.podOf = (service) =>
      service === 'backend' ? (ended('Error: connect ECONNREFUSED db.infra:6543') as typeof crashing) : {};
    const { identity } = await world.createBranch('x');
    const { namespace } = identity.names;
    const others = { DATABASE_URL: 'postgresql://a:b@db.infra:6543/wt_other' };
    await world.cluster.putSecret(namespace, databaseSecret, others, identity.owner);
    expect((await check(world)).pods).toMatchObject({ state: 'unknown', detail: 'the environment has no database' });
  });

  it('says that this machine does not, and leaves open what pods do', async () => {
    const world = await aWorld();
    await world.createBranch('x');
    world.databases.failure = new AppError('unreachable', 'Connect to PostgreSQL: it does not answer.');
    expect(await check(world)).toMatchObject({
      machine: { state: 'failed', detail: 'Connect to PostgreSQL: it does not answer.', setting: 'postgres.url' },
      pods: { state: 'unknown' },
    });
  });

  it('knows nothing of pods that are well and idle, nor where there is no environment', async () => {
    const world = await aWorld();
    await world.createBranch('x');
    expect((await check(world)).pods).toMatchObject({
      state: 'unknown',
      detail: expect.stringContaining('db.infra:6543'),
    });
    expect((await check(world, '/code/repo')).pods).toMatchObject({ state: 'unknown' });
  });

  it('needs to ask only once where services run on this machine', async () => {
    const world = await aWorld('embedded');
    await world.createBranch('x');
    expect((await check(world)).pods).toEqual({ state: 'reached', detail: 'services run on this machine' });
  });
});

describe('a line of a log', () => {
  it.each([
    'Error: connect ECONNREFUSED db.infra:6543',
    'Error: getaddrinfo ENOTFOUND db.infra',
    'psycopg2.OperationalError: could not translate host name "db.infra" to address',
    'dial tcp: lookup db.infra: no such host',
    'FATAL:  password authentication failed for user "x" on the database',
    'failed to connect to `host=db.infra user=x`: connection refused',
  ])('tells of the database: %s', (line) => {
    expect(tellsDatabaseTrouble(line, 'db.infra:6543')).toBe(true);
  });

  it.each([
    'Error: connect ECONNREFUSED 10.0.0.1:6379',
    'connected to db.infra:6543',
    'TypeError: x is no function',
    '',
  ])('does not: %j', (line) => {
    expect(tellsDatabaseTrouble(line, 'db.infra:6543')).toBe(false);
  });
});
