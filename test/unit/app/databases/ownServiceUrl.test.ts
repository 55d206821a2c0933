import { describe, expect, it } from 'vitest';
import { databaseUrl } from '../../../../src/app/environment/database/databaseUrl';
import { psqlProgram } from '../../../../src/app/environment/database/psqlProgram';
import { terminalVariables } from '../../../../src/app/environment/variables/terminalVariables';
import { databaseSecret } from '../../../../src/core/databases/databaseSecret';
import type { Owner } from '../../../../src/core/model';
import { database, EnvironmentWorld } from '../../../support/environmentWorld';
import { command, environmentFileText } from '../../../support/fakes/fakeEnvironmentFiles';
import { run } from '../../../support/sleeper';

const folder = '/code/repo.worktrees/x';
const namespace = 'worktree-x';

/** Environments x and y, and a way to have the Secret of x say what is y's. */
async function begin() {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['a'], database, { teardown: [command('forget')] }));
  const { identity } = await world.createBranch('x');
  await world.createBranch('y');
  const secret = (await world.cluster.readSecret('worktree-y', databaseSecret)) ?? {};
  const ports = () => ({ ...world.createPorts(), openDatabases: async () => world.databases });
  const say = (owner: Owner) => world.cluster.putSecret(namespace, databaseSecret, secret, owner);
  return {
    ...{ world, identity },
    /** The namespace is deleted, and somebody else makes one of its name. */
    taken: async () => {
      await world.cluster.deleteNamespace(namespace, identity.owner);
      const owner = { ...identity.owner, repositoryId: 'another' };
      await world.cluster.claimNamespace({ name: namespace, owner, annotations: {} });
      await say(owner);
    },
    /** It is its own, and names another database. */
    misled: () => say(identity.owner),
    url: () => databaseUrl(ports())({ folder }, run),
    psql: () => psqlProgram({ ...ports(), findPsql: async () => 'psql' })({ folder }, run),
    inTerminal: () => terminalVariables(ports())(folder, run.signal),
  };
}

describe('the database that a namespace names', () => {
  it.each(['taken', 'misled'] as const)('leads nobody to another’s, where it is %s', async (how) => {
    const { world, url, psql, inTerminal, ...found } = await begin();
    expect((await inTerminal())?.['DATABASE_URL']).toContain('/wt_x');
    await found[how]();
    for (const told of [url, psql])
      await expect(told()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(namespace) as string,
      });
    // What only tells it does not fail for it.
    const told = await inTerminal();
    expect(told).toMatchObject({ WORKTREE_NAME: 'x' });
    expect(JSON.stringify(told)).not.toContain('wt_y');
    expect(Object.keys(told ?? {}).filter((name) => name.startsWith('DATABASE_'))).toEqual([]);
    expect(world.databases.held.get('wt_y')).toBeDefined();
  });

  it('gives teardown commands none of another’s', async () => {
    const { world, misled } = await begin();
    await misled();
    world.commands.runs.length = 0;
    await world.delete({ path: folder });
    expect(world.commands.runs.map(({ env }) => new URL(env['DATABASE_URL'] ?? '').hostname)).toEqual([
      expect.stringMatching(/\.invalid$/),
    ]);
  });
});
