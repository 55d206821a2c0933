import { describe, expect, it } from 'vitest';
import { databaseUrl } from '../../../../../src/app/environment/database/databaseUrl';
import { psqlProgram } from '../../../../../src/app/environment/database/psqlProgram';
import { libpqVariableNames } from '../../../../../src/core/databases/libpqEnvironment';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { run } from '../../../../support/sleeper';

async function begin() {
  const world = new EnvironmentWorld();
  const { worktree } = await world.createBranch('x');
  const folders: string[] = [];
  const findPsql = async (of: readonly string[]): Promise<string> => {
    folders.push(...of);
    return '/usr/bin/psql';
  };
  const at = { folder: worktree.path };
  return {
    ...{ world, folders, at },
    url: (folder = worktree.path) => databaseUrl(world.createPorts())({ folder }, run),
    psql: () => psqlProgram({ ...world.createPorts(), findPsql })(at, run),
  };
}

describe('what leads to the database of an environment', () => {
  it('is where the server is now, with the password of its role', async () => {
    const { url, world } = await begin();
    const first = new URL(await url());
    expect([first.username, first.pathname]).toEqual(['wt_x', '/wt_x']);
    expect(first.password).toMatch(/^secret\d+$/);
    world.databases.port = 6543;
    expect(new URL(await url()).port).toBe('6543');
    expect(world.databases.connects).toBeGreaterThan(1);
  });

  it('is none where the database is not there, another’s, or not to be known', async () => {
    const { url, world } = await begin();
    await expect(url('/code/repo')).rejects.toMatchObject({ code: 'notFound' });
    const held = world.databases.held.get('wt_x');
    if (!held) throw new Error('no database');
    world.databases.held.delete('wt_x');
    await expect(url()).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringContaining('coppice create') as string,
    });
    world.databases.held.set('wt_x', { kind: 'foreign' });
    await expect(url()).rejects.toMatchObject({ code: 'conflict' });
    world.databases.held.set('wt_x', held);
    world.cluster.probe = async () => undefined;
    await expect(url()).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('cluster start') as string,
    });
    const other = new EnvironmentWorld();
    other.commit(environmentFileText(['a']));
    const { worktree } = await other.createBranch('y');
    await expect(databaseUrl(other.createPorts())({ folder: worktree.path }, run)).rejects.toMatchObject({
      code: 'notConfigured',
    });
  });

  it('is told to psql by its environment alone, and nothing that a shell says of another', async () => {
    const { psql, url, folders, at } = await begin();
    const { password, port } = new URL(await url());
    const { file, argv, variables } = await psql();
    expect(file).toBe('/usr/bin/psql');
    expect(argv).toEqual([`--dbname=postgresql://wt_x@127.0.0.1:${port}/wt_x`]);
    expect(argv.join(' ')).not.toContain(password);
    expect(variables['PGPASSWORD']).toBe(password);
    for (const name of ['PGHOSTADDR', 'PGSERVICE', 'PGOPTIONS', 'PGPASSFILE', 'PGSSLMODE', 'PGUSER'])
      expect(name in variables && variables[name] === undefined, name).toBe(true);
    expect(Object.keys(variables).sort()).toEqual([...libpqVariableNames].sort());
    // Of the repository, where a program could be anybody's.
    expect(folders).toEqual(expect.arrayContaining(['/code/repo', at.folder]));
  });
});
