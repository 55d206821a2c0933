import { describe, expect, it } from 'vitest';
import { recipeAges, refreshTemplate } from '../../../../../src/app/environment/template/refreshTemplate';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const signal = new AbortController().signal;
const run = { signal, report: () => undefined };
const folder = '/code/repo.worktrees/x';
const current = { template: 'current', database: 'current' };

describe('refreshing a template', () => {
  it('builds it anew where it is always built, and leaves the databases', async () => {
    const world = new EnvironmentWorld();
    const { identity } = await world.createBranch('x');
    const before = world.commands.runs.length;
    expect(await refreshTemplate(world.createPorts())({ folder }, run)).toEqual({
      name: 'fibonacci_template',
      folder: '/code/repo',
    });
    expect(world.commands.runs.slice(before).map(({ cwd }) => cwd)).toEqual(['/code/repo', '/code/repo']);
    expect(world.commands.runs.at(-1)?.env).toMatchObject({ WORKTREE_NAME: 'x' });
    expect(await world.databases.owner(identity.parts.database?.database ?? '')).toMatchObject({
      worktreeId: identity.owner.worktreeId,
    });
  });

  it('needs no environment, and is refused where no database is asked for', async () => {
    const world = new EnvironmentWorld();
    await refreshTemplate(world.createPorts())({ folder: '/code/repo' }, run);
    expect(world.commands.runs).toHaveLength(2);
    world.commit(environmentFileText(['a']));
    await expect(refreshTemplate(world.createPorts())({ folder: '/code/repo' }, run)).rejects.toMatchObject({
      code: 'notConfigured',
    });
  });
});

describe('what is older than its recipe', () => {
  it('is told of the template and of the database, until each is made anew', async () => {
    const world = new EnvironmentWorld();
    const ages = () => recipeAges(world.createPorts())(folder, signal);
    const { inputs } = world.environmentFiles;
    for (const at of ['/code/repo', folder]) inputs.set(at, 'one migration');
    await world.createBranch('x');
    expect(await ages()).toEqual(current);
    // What the branch has not got yet is nothing that its database lacks.
    inputs.set('/code/repo', 'two migrations');
    expect(await ages()).toEqual({ template: 'older', database: 'current' });
    inputs.set(folder, 'two migrations');
    expect(await ages()).toEqual({ template: 'older', database: 'older' });
    await refreshTemplate(world.createPorts())({ folder }, run);
    expect(await ages()).toEqual({ template: 'current', database: 'older' });
  });

  it('is not told where there is no database, or no file that can be read', async () => {
    const world = new EnvironmentWorld();
    await world.createBranch('x');
    world.edited.set(folder, environmentFileText(['a']));
    expect(await recipeAges(world.createPorts())(folder, signal)).toBeUndefined();
    world.edited.set(folder, '{');
    expect(await recipeAges(world.createPorts())(folder, signal)).toBeUndefined();
  });
});
