import { describe, expect, it } from 'vitest';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import type { SetupCommand } from '../../../../../src/core/environmentFile';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { command, environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { branch, failsAndChangesNothing } from '../create/creates';

const target = branch('feat/x');
const folder = '/code/repo.worktrees/feat-x';
const install = command('npm', 'ci');
const generate: SetupCommand = {
  ...command('npm', 'run', 'generate'),
  env: { A: 'b', B: '$(WORKTREE_NAME)-$(A)' },
  timeout: 5,
  inputs: ['x'],
};

function worldWith(setup: readonly SetupCommand[] = [install, generate]): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['frontend'], database, { setup }));
  return world;
}

const ran = (world: EnvironmentWorld) => world.commands.runs.map(({ argv }) => argv.join(' '));

describe('the setup of a new worktree', () => {
  it('runs in its folder, in order, before anything that reads it', async () => {
    const world = worldWith();
    await world.create({ target });
    expect(ran(world)).toEqual(['npm ci', 'npm run generate', 'node migrate.js', 'node seed.js']);
    const [first, second] = world.commands.runs;
    expect(first).toMatchObject({
      cwd: folder,
      timeoutMs: 600_000,
      env: { WORKTREE_NAME: 'feat-x', WORKTREE_BRANCH: 'feat/x', COPPICE_MAIN_WORKTREE: '/code/repo' },
    });
    expect(first?.env).not.toHaveProperty('A');
    expect(second).toMatchObject({
      cwd: folder,
      timeoutMs: 5000,
      env: { A: 'b', B: 'feat-x-b', WORKTREE_NAME: 'feat-x' },
    });
    const { steps } = await planCreate(world.createPorts())({ folder: '/code/repo', target: branch('y') }, run);
    expect(steps.find(({ id }) => id === 'template')?.after).toContain('setup');
  });

  it('is no step where the file names none', async () => {
    const world = new EnvironmentWorld();
    const { steps } = await planCreate(world.createPorts())({ folder: '/code/repo', target }, run);
    expect(steps.map(({ id }) => id)).not.toContain('setup');
  });

  it('is of the commit that is checked out, not of the main worktree', async () => {
    const world = worldWith();
    world.edited.set('/code/repo', environmentFileText(['frontend'], database, { setup: [command('theirs')] }));
    await world.create({ target });
    expect(ran(world)).not.toContain('theirs');
  });

  it('runs nothing that nobody approved, and changes nothing then', async () => {
    const world = worldWith();
    world.approvals.approvesAll = false;
    await failsAndChangesNothing(world, { target }, { code: 'unapproved' });
    expect(world.commands.runs).toEqual([]);
    const approved: string[] = [];
    const approve = async ({ commands }: { readonly commands: readonly { readonly place: string }[] }) => {
      approved.push(...commands.map(({ place }) => place));
      return true;
    };
    await world.create({ target }, { approve });
    expect(approved.slice(0, 2)).toEqual(['setup[0]', 'setup[1]']);
    // The same content, wherever and whenever it is said.
    await world.create({ target: branch('y') });
  });

  it('that fails ends the create with its own words, leaves nothing, and is finished by the next try', async () => {
    const world = worldWith();
    world.commands.onRun = ({ argv }) => {
      if (argv.includes('generate')) throw new AppError('failed', '"npm" ended with exit code 1: no schema');
    };
    const before = await world.state();
    await expect(world.create({ target })).rejects.toMatchObject({
      code: 'failed',
      message: 'setup[1]: "npm" ended with exit code 1: no schema',
    });
    expect(await world.state()).toEqual(before);
    expect(world.releases.names).toEqual([]);
    expect(ran(world)).toEqual(['npm ci', 'npm run generate']);
    world.commands.onRun = () => undefined;
    expect((await world.create({ target })).ready).toBe(true);
  });

  it('that takes too long says which limit it was', async () => {
    const world = worldWith();
    world.commands.onRun = () => {
      throw new AppError('timeout', '"npm" did not end within 600 s and was stopped.');
    };
    await expect(world.create({ target })).rejects.toMatchObject({
      code: 'timeout',
      message: 'setup[0]: "npm" did not end within 600 s and was stopped.',
      explanation: expect.stringContaining('setup[0].timeout') as unknown,
    });
  });
});

describe("PostgreSQL's own variables", () => {
  const nowhere = 'no-database-yet.coppice.invalid';

  it('lead setup nowhere, and what fills the template to that: a copied .env may name another database so', async () => {
    const own: SetupCommand = { ...command('psql'), env: { PGHOST: '/own' } };
    const world = worldWith([install, own]);
    await world.create({ target });
    const [first, second, migrate] = world.commands.runs;
    expect(first?.env).toMatchObject({ PGHOST: nowhere, PGPORT: '5432', PGUSER: 'none', PGDATABASE: 'none' });
    // Said for a command, it counts.
    expect(second?.env).toMatchObject({ PGHOST: '/own', PGDATABASE: 'none' });
    const { hostname, port, username, password, pathname } = new URL(migrate?.env['DATABASE_URL'] ?? '');
    expect(migrate?.env).toMatchObject({ PGHOST: hostname, PGUSER: username, PGPASSWORD: password });
    expect(migrate?.env).toMatchObject({ PGPORT: port || '5432', PGDATABASE: pathname.slice(1) });
  });

  it('are what a patch says, where it says it', async () => {
    const world = new EnvironmentWorld();
    const patch = { '.env': { PGHOST: 'db.example', PGUSER: '$(DATABASE_USER)' } };
    world.commit(environmentFileText(['frontend'], database, { setup: [install], patch }));
    world.worktreeFiles.ignored.add('.env');
    await world.create({ target });
    const env = world.commands.runs[0]?.env;
    expect(env).not.toHaveProperty('PGHOST');
    expect(env).toMatchObject({ PGUSER: 'none', PGDATABASE: 'none' });
  });

  it('are left alone where an environment has no database', async () => {
    const world = new EnvironmentWorld();
    world.commit(environmentFileText(['frontend'], undefined, { setup: [install] }));
    await world.create({ target });
    expect(Object.keys(world.commands.runs[0]?.env ?? {}).filter((name) => name.startsWith('PG'))).toEqual([]);
  });
});

describe('an update', () => {
  const update = { target: { kind: 'worktree', path: folder } } as const;

  it('runs only what has changed inputs, and what comes after it', async () => {
    const world = worldWith();
    await world.create({ target });
    world.edited.set(folder, environmentFileText(['frontend'], database, { setup: [install, generate] }));
    world.commands.runs.length = 0;
    await world.create(update);
    expect(ran(world)).toEqual([]);
    world.environmentFiles.setupInputs.set(`${folder} npm run generate`, 'other');
    await world.create(update);
    expect(ran(world)).toEqual(['npm run generate']);
    world.environmentFiles.setupInputs.set(`${folder} npm ci`, 'other');
    await world.create(update);
    expect(ran(world)).toEqual(['npm run generate', 'npm ci', 'npm run generate']);
  });

  it('runs a command with other variables, and what failed before', async () => {
    const world = worldWith();
    await world.create({ target });
    const changed = { ...install, env: { CI: '1' } };
    world.edited.set(folder, environmentFileText(['frontend'], database, { setup: [changed, generate] }));
    world.commands.runs.length = 0;
    world.commands.onRun = ({ argv }) => {
      if (argv.includes('generate')) throw new AppError('failed', 'no');
    };
    await expect(world.create(update)).rejects.toMatchObject({ message: 'setup[1]: no' });
    world.commands.onRun = () => undefined;
    await world.create(update);
    expect(ran(world)).toEqual(['npm ci', 'npm run generate', 'npm run generate']);
  });
});

const run = { signal: new AbortController().signal, report: () => undefined };
