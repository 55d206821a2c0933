import { describe, expect, it, vi } from 'vitest';
import type { CreateResult } from '../../../../../src/app/environment/requests';
import { databaseVariableNames } from '../../../../../src/core/databases/databaseEnvironment';
import { AppError } from '../../../../../src/core/errors';
import type { Progress } from '../../../../../src/app/run/run';
import type { Approve } from '../../../../../src/core/repositoryCommands';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const root = '/code/repo';
const folder = '/code/repo.worktrees/feat-x';
const install = ['npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund'];

/** A repository with a lockfile, whose main worktree has its dependencies. */
function aWorld(...lockfiles: string[]): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['web']));
  for (const file of lockfiles) world.worktrees.files.set(file, '{}');
  world.dependencies.there.add(`${root}/node_modules`);
  return world;
}

/** The same create again: an update of what is there. */
async function again(world: EnvironmentWorld): Promise<CreateResult> {
  return world.create({ folder: root, target: { kind: 'worktree', path: folder } });
}

async function created(world: EnvironmentWorld, approve?: Approve) {
  const told: Progress[] = [];
  const report = (progress: Progress): void => void told.push(progress);
  const result = await world.createBranch('feat/x', { report, ...(approve ? { approve } : {}) });
  const step = told.findLast((each) => each.step === 'dependencies');
  return { result, step, told };
}

describe('dependencies', () => {
  it('come from the main worktree where its file system can share them, and the step says so', async () => {
    const world = aWorld('package-lock.json');
    const { result, step } = await created(world);
    expect(step).toMatchObject({
      state: 'done',
      detail: 'node_modules from main by reflink, 393 MiB, 3 MiB written',
    });
    expect(result.dependencies).toEqual([
      {
        ...{ folder: '', tool: 'npm', how: 'reflink', from: root, missing: [] },
        ...{ files: 2, bytes: 412_000_000, writtenBytes: 3_000_000 },
      },
    ]);
    expect(world.commands.runs).toEqual([]);
  });

  it('come before the services and the images, and after the checkout', async () => {
    const { told } = await created(aWorld('package-lock.json'));
    const done = told.filter(({ state }) => state === 'done').map(({ step }) => step);
    const at = (step: string): number => done.indexOf(step);
    expect(at('worktree')).toBeLessThan(at('dependencies'));
    expect(at('dependencies')).toBeLessThan(at('release'));
  });

  it('are installed where nothing can be shared, and the step says what that cost', async () => {
    const world = aWorld('package-lock.json');
    world.dependencies.outcome = () => ({ kind: 'unsupported' });
    world.commands.onRun = () => void (world.dependencies.free -= 500_000_000);
    const { step } = await created(world);
    expect(world.commands.runs).toMatchObject([{ argv: install, cwd: folder }]);
    expect(step?.detail).toBe('node_modules by npm ci, 477 MiB written (the file system has no reflinks)');
  });

  it('are taken from another worktree where those of the main one are not alike', async () => {
    const world = aWorld('package-lock.json');
    await world.createBranch('other');
    world.dependencies.outcome = ({ from, project: { tool } }) =>
      from === root
        ? { kind: 'different', why: 'package-lock.json is another there' }
        : { kind: 'cloned', folders: [tool.folder], files: 1, bytes: 1 };
    world.dependencies.there.add('/code/repo.worktrees/other/node_modules');
    const { step } = await created(world);
    expect(step?.detail).toMatch(/^node_modules from other by reflink/);
  });

  it('are left as they are where they are there', async () => {
    const world = aWorld('package-lock.json');
    world.dependencies.there.add(`${folder}/node_modules`);
    const { result, step } = await created(world);
    expect(result.dependencies).toEqual([{ folder: '', tool: 'npm', how: 'kept' }]);
    expect(step?.detail).toBeUndefined();
    expect(world.dependencies.clones).toEqual([]);
  });

  it('of a folder below are brought, and not installed: nobody asked for that', async () => {
    const world = aWorld('package-lock.json', 'docs/package-lock.json');
    world.dependencies.there.add(`${root}/docs/node_modules`);
    world.dependencies.outcome = ({ project }) =>
      project.folder === ''
        ? { kind: 'cloned', folders: ['node_modules'], files: 1, bytes: 5_000_000 }
        : { kind: 'different', why: 'docs/package-lock.json is another there' };
    const { result } = await created(world);
    expect(result.dependencies?.map(({ folder: at, how }) => [at, how])).toEqual([
      ['', 'reflink'],
      ['docs', 'none'],
    ]);
    expect(world.commands.runs).toEqual([]);
  });

  it('without a program on this machine that installs them are told, and fail only where services run here', async () => {
    for (const runsHere of [true, false]) {
      const world = aWorld('package-lock.json');
      if (!runsHere)
        world.cluster.identity = { kind: 'context', context: 'team', server: 'https://team:6443', caSha256: 'ab' };
      world.dependencies.there.clear();
      world.commands.onRun = () => {
        throw new AppError('missingTool', 'The program "npm" was not found.');
      };
      const { result } = await created(world);
      expect(result.ready).toBe(!runsHere);
      expect(result.dependencies?.[0]?.why).toBe(
        runsHere ? 'The program "npm" was not found.' : 'npm is not on this machine',
      );
      expect(result.dependencies?.[0]?.failed).toBe(runsHere ? true : undefined);
    }
  });

  it('that cannot be installed are told, and nothing is taken back: a person can mend it', async () => {
    const world = aWorld('package-lock.json');
    world.dependencies.there.clear();
    world.commands.onRun = () => {
      throw new AppError('failed', '"npm" ended with exit code 1: E401');
    };
    const { step, result } = await created(world);
    expect(step).toMatchObject({
      state: 'short',
      detail: 'node_modules was not brought: "npm" ended with exit code 1: E401',
    });
    expect(result.dependencies).toMatchObject([{ how: 'none', failed: true }]);
    expect(await world.worktree('feat/x')).toBeDefined();
  });

  it('that cannot be installed leave it not ready, and the next create installs them again', async () => {
    const world = aWorld('package-lock.json');
    world.dependencies.there.clear();
    // A package's own script fails: what npm has made by then stays.
    world.commands.onRun = () => {
      world.dependencies.there.add(`${folder}/node_modules`);
      const action = { kind: 'openFile', path: '/logs/install.log' } as const;
      const remedy = { title: 'Open the Log', action };
      throw new AppError('failed', '"npm" ended with exit code 3: no such module', { remedy });
    };
    const first = await created(world);
    expect(first.result.ready).toBe(false);
    expect(first.result.services.every(({ health }) => health === 'healthy')).toBe(true);
    expect(first.result.notes).toEqual([
      'node_modules is not complete: "npm" ended with exit code 3: no such module. The next create installs it again. All that it printed: /logs/install.log',
    ]);
    world.commands.onRun = () => undefined;
    const second = await again(world);
    expect(second).toMatchObject({ ready: true, notes: [], dependencies: [{ how: 'install' }] });
    expect(world.commands.runs.map(({ argv }) => argv)).toEqual([install, install]);
    // What had failed for want of them does not wait for its next try.
    const restarts = () => world.cluster.changes.filter((change) => change.startsWith('restart'));
    expect(restarts()).toEqual(['restart worktree-feat-x/web']);
    const third = await again(world);
    expect(third.dependencies).toMatchObject([{ how: 'kept' }]);
    expect(restarts()).toHaveLength(1);
  });

  it('that a create was killed in are installed again, and are no source for others', async () => {
    const world = aWorld('package-lock.json');
    await world.createBranch('feat/x');
    const worktree = await world.worktree('feat/x');
    if (!worktree) throw new Error('it was not made');
    await world.installs.write(worktree, [{ folder: '', lockfile: 'package-lock.json' }]);
    world.dependencies.there.delete(`${root}/node_modules`);
    const other = await world.createBranch('other');
    expect(other.dependencies).toMatchObject([
      { how: 'install', why: `the last install in ${folder} did not end well` },
    ]);
    const result = await again(world);
    expect(result.dependencies).toMatchObject([{ how: 'install', why: 'the last install there did not end well' }]);
    expect(world.dependencies.clones.filter(({ to }) => to === folder)).toHaveLength(1);
    expect(await world.installs.begun(worktree)).toEqual([]);
  });

  it('are not installed into what a person has linked since, and are not looked for once the file switches them off', async () => {
    for (const change of ['link', 'off']) {
      const world = aWorld('package-lock.json');
      await world.createBranch('feat/x');
      const worktree = await world.worktree('feat/x');
      if (!worktree) throw new Error('it was not made');
      await world.installs.write(worktree, [{ folder: '', lockfile: 'package-lock.json' }]);
      if (change === 'link') world.dependencies.links.add(`${folder}/node_modules`);
      else world.commit(JSON.stringify({ ...JSON.parse(environmentFileText(['web'])), dependencies: false }));
      const result = await again(world);
      expect(result.ready).toBe(true);
      expect(world.commands.runs).toEqual([]);
      expect(await world.installs.begun(worktree)).toEqual([]);
    }
  });

  it('have the time of a setup command for their install, whose output is kept', async () => {
    const world = aWorld('package-lock.json');
    world.dependencies.there.clear();
    world.settings = { ...world.settings, 'setup.timeout': 7 };
    const { result } = await created(world);
    expect(world.commands.runs).toMatchObject([{ argv: install, timeoutMs: 7000 }]);
    expect(result.dependencies).toMatchObject([{ how: 'install', log: '/logs/install-npm-feat/x.log' }]);
  });

  it('are left to the setup commands where the file has some', async () => {
    const world = aWorld('package-lock.json');
    const setup = [{ command: ['make', 'ready'], env: {}, timeout: undefined, inputs: undefined }];
    world.commit(JSON.stringify({ ...JSON.parse(environmentFileText(['web'])), setup }));
    world.dependencies.outcome = () => ({ kind: 'unsupported' });
    const { step, told } = await created(world);
    expect(step?.detail).toBe('node_modules was not brought: the file system has no reflinks');
    expect(world.commands.runs.map(({ argv }) => argv)).not.toContainEqual(install);
    const done = told.filter(({ state }) => state === 'done').map((each) => each.step);
    expect(done.indexOf('dependencies')).toBeLessThan(done.indexOf('setup'));
  });

  it('make the install of the setup commands needless, unless scripts of the project belong to it', async () => {
    const command = (...argv: string[]) => ({ command: argv, env: {}, timeout: undefined, inputs: undefined });
    const setup = [command('npm', 'ci'), command('make', 'ready')];
    for (const notes of [[], ['prepare was not run']]) {
      const world = aWorld('package-lock.json');
      world.commit(JSON.stringify({ ...JSON.parse(environmentFileText(['web'])), setup }));
      world.dependencies.notes = notes;
      await created(world);
      const ran = world.commands.runs.map(({ argv }) => argv.join(' '));
      expect(ran).toEqual(notes.length === 0 ? ['make ready'] : ['npm ci', 'make ready']);
    }
  });

  it('say what no install has done', async () => {
    const world = aWorld('package-lock.json');
    world.dependencies.notes = ['No install has run: prepare of package.json was not run.'];
    const { result } = await created(world);
    expect(result.notes).toEqual(world.dependencies.notes);
  });

  it('are no step, and no command, where the file switches them off, or there are none', async () => {
    const off = aWorld('package-lock.json');
    off.commit(JSON.stringify({ ...JSON.parse(environmentFileText(['web'])), dependencies: false }));
    for (const world of [off, aWorld('go.mod')]) {
      const { told, result } = await created(world);
      expect(told.map(({ step }) => step)).not.toContain('dependencies');
      expect(result.dependencies).toEqual([]);
      expect(world.commands.runs).toEqual([]);
    }
  });

  it('are installed by scripts that do not come upon the main worktree’s database in a copied .env', async () => {
    const world = aWorld('package-lock.json');
    world.dependencies.there.clear();
    const patch = { '.env': { PG_URL: '$(DATABASE_URL)?schema=a', SITE: '$(COPPICE_URL)', TEXT: '$$(DATABASE_URL)' } };
    world.commit(environmentFileText(['web'], database, { copy: ['.env'], patch }));
    await created(world);
    const env = world.commands.runs.find(({ argv }) => argv[0] === 'npm')?.env ?? {};
    const ofDatabase = (all: object): string[] => Object.keys(all).filter((name) => /^(?:DATABASE_|PG)/.test(name));
    const libpq = ['PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE'];
    expect(ofDatabase(env).sort()).toEqual([...databaseVariableNames, ...libpq, 'PG_URL'].sort());
    // What else a patch says is in the file by now; what all are told, these are told as well.
    for (const name of ['SITE', 'TEXT']) expect(env).not.toHaveProperty(name);
    expect(env).toMatchObject({ WORKTREE_NAME: 'feat-x', COPPICE_MAIN_WORKTREE: '/code/repo' });
    for (const name of ['DATABASE_URL', 'PG_URL']) expect(new URL(env[name] ?? '').hostname).toMatch(/\.invalid$/);
    expect(env).toMatchObject({
      PG_URL: `${env['DATABASE_URL'] ?? ''}?schema=a`,
      DATABASE_HOST: expect.stringMatching(/\.invalid$/),
    });
    const without = aWorld('package-lock.json');
    without.dependencies.there.clear();
    await created(without);
    expect(without.commands.runs).toMatchObject([{ argv: install }]);
    expect(ofDatabase(without.commands.runs[0]?.env ?? {})).toEqual([]);
  });
});

describe('the install of dependencies', () => {
  it('is approved before anything is made, with all other commands', async () => {
    const world = aWorld('package-lock.json');
    world.approvals.approvesAll = false;
    const before = await world.state();
    await expect(world.createBranch('feat/x')).rejects.toMatchObject({ code: 'unapproved' });
    expect(await world.state()).toEqual(before);
    const approve = vi.fn<Approve>().mockResolvedValue(true);
    await created(world, approve);
    expect(approve.mock.calls.map(([{ commands }]) => commands.map(({ place, text }) => [place, text]))).toEqual([
      [
        ['dependencies', install.join(' ')],
        ['services.web.command', 'node web.js'],
      ],
    ]);
  });

  it('is left out where nobody can be asked about anything but it: no update fails for what nobody asked for', async () => {
    const world = aWorld();
    world.approvals.approvesAll = false;
    await world.createBranch('feat/x', { approve: async () => true });
    world.worktrees.files.set('package-lock.json', '{}');
    world.dependencies.there.clear();
    const result = await again(world);
    expect(result).toMatchObject({ ready: true, dependencies: [{ how: 'none' }] });
    expect(result.dependencies?.[0]?.why).toBe(
      `nobody has approved its install, ${install.join(' ')}: "coppice create --yes" there does`,
    );
    expect(world.commands.runs).toEqual([]);
    expect(world.approvals.commands).toEqual(['node web.js']);
  });

  it('is not asked about where there is no lockfile, or the file switches it off', async () => {
    for (const world of [aWorld(), aWorld('package-lock.json')]) {
      if (world.worktrees.files.has('package-lock.json'))
        world.commit(JSON.stringify({ ...JSON.parse(environmentFileText(['web'])), dependencies: false }));
      world.approvals.approvesAll = false;
      const approve = vi.fn<Approve>().mockResolvedValue(true);
      await created(world, approve);
      expect(approve.mock.calls.map(([{ commands }]) => commands.map(({ text }) => text))).toEqual([['node web.js']]);
    }
  });
});
