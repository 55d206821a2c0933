import { describe, expect, it } from 'vitest';
import { startServers } from '../../../../src/app/cluster/localServers';
import type { Progress } from '../../../../src/app/run/run';
import { environmentLock } from '../../../../src/app/run/withLock';
import { databaseSecret } from '../../../../src/core/databases/databaseSecret';
import { AppError } from '../../../../src/core/errors';
import { EnvironmentWorld } from '../../../support/environmentWorld';

const { signal } = new AbortController();

/** Two environments of one repository, and one of another on the same machine. */
async function stage() {
  const world = new EnvironmentWorld();
  const other = new EnvironmentWorld(world);
  const made = [await world.createBranch('a'), await world.createBranch('b'), await other.createBranch('c')];
  const servers = {
    stopCluster: async () => true,
    stopDatabases: async () => true,
    hasDatabases: async () => true,
  };
  const urls = (): Promise<(string | undefined)[]> =>
    Promise.all(
      made.map(async ({ identity }) => {
        const secret = await world.cluster.readSecret(identity.names.namespace, databaseSecret);
        return secret?.['DATABASE_URL'];
      }),
    );
  const start = async (): Promise<Progress[]> => {
    const told: Progress[] = [];
    await startServers({ ...world.createPorts(), servers })(undefined, { signal, report: (one) => told.push(one) });
    return told.filter(({ state }) => state !== 'running');
  };
  return { world, made, urls, start };
}

describe('a database server that comes back at another port', () => {
  it('is told to every environment of every repository, whose services start anew with it', async () => {
    const { world, made, urls, start } = await stage();
    const before = await urls();
    world.databases.port = 6000;
    world.cluster.changes.length = 0;
    expect((await start()).map(({ state, title }) => [state, title])).toEqual(
      made.map(({ identity }) => ['done', `Renew the database's address in ${identity.names.namespace}`]),
    );
    // Role, password and database stay.
    expect(await urls()).toEqual(before.map((url) => url?.replace(':5432/', ':6000/')));
    for (const { identity } of made)
      for (const service of ['frontend', 'backend', 'worker'])
        expect(world.cluster.changes).toContain(`restart ${identity.names.namespace}/${service}`);
  });

  it('changes nothing when it is where it was', async () => {
    const { world, urls, start } = await stage();
    const before = await urls();
    world.cluster.changes.length = 0;
    expect(await start()).toEqual([]);
    expect(await urls()).toEqual(before);
    expect(world.cluster.changes).toEqual([]);
  });

  it('is not told to an environment whose database is not there, or is of somebody else', async () => {
    const { world, made, urls, start } = await stage();
    const before = await urls();
    world.databases.port = 6000;
    world.databases.held.delete(made[0]?.identity.parts.database?.database ?? '');
    world.databases.held.set(made[1]?.identity.parts.database?.database ?? '', { kind: 'foreign' });
    await start();
    const after = await urls();
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).toContain(':6000/');
  });

  it('writes nothing over a Secret that names another database than the environment has', async () => {
    const { world, made, urls, start } = await stage();
    world.databases.port = 6000;
    const [one] = made.map(({ identity }) => identity);
    if (!one) throw new Error('one was made');
    const others = 'postgresql://a:b@127.0.0.1:5432/wt_other';
    await world.cluster.putSecret(one.names.namespace, databaseSecret, { DATABASE_URL: others }, one.owner);
    const told = await start();
    expect(told.find(({ title }) => title.endsWith(one.names.namespace))).toMatchObject({ state: 'kept' });
    const [first, ...rest] = await urls();
    expect([first, ...rest.map((url) => url?.includes(':6000/'))]).toEqual([others, true, true]);
  });

  it('says which environment it could not be told to, and tells the others', async () => {
    const { world, made, urls, start } = await stage();
    world.databases.port = 6000;
    const [one, two, three] = made.map(({ identity }) => identity);
    if (!one || !two || !three) throw new Error('three were made');
    await world.locks.acquire(environmentLock(one.owner), 'it is being created');
    const { restart } = world.workloads;
    world.workloads.restart = async (...args) => {
      if (args[0] === two.names.namespace) throw new AppError('unreachable', 'The cluster could not restart it.');
      return restart.apply(world.workloads, args);
    };
    const told = await start();
    expect(told.map(({ state }) => state)).toEqual(['kept', 'kept', 'done']);
    expect(told[0]?.detail).toContain('it is being created');
    expect(told[1]?.detail).toBe('The cluster could not restart it.');
    expect((await urls())[2]).toContain(':6000/');
  });
});
