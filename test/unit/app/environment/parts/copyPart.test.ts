import { describe, expect, it } from 'vitest';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import type { Progress } from '../../../../../src/app/run/run';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { command, environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { branch, failsAndChangesNothing } from '../create/creates';

const target = branch('feat/x');
const folder = '/code/repo.worktrees/feat-x';
const run = { signal: new AbortController().signal, report: () => undefined };

function worldWith(copy: readonly string[] = ['.env']): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['frontend'], database, { copy, setup: [command('npm', 'ci')] }));
  for (const path of ['.env', '.secret', 'editor.json']) world.worktreeFiles.ignored.add(path);
  return world;
}

describe('files that git ignores', () => {
  it('are copied into a new worktree before it is set up', async () => {
    const world = worldWith();
    world.commands.onRun = ({ argv }) => {
      if (argv[1] === 'ci') expect(world.worktreeFiles.texts.get(`${folder}/.env`)).toBe('.env of main\n');
    };
    const told: Progress[] = [];
    await world.create({ target }, { report: (progress) => told.push(progress) });
    expect(world.commands.runs[0]?.argv).toEqual(['npm', 'ci']);
    expect(told.find(({ step, state }) => step === 'copy' && state === 'done')?.detail).toBe('.env');
  });

  it('are also what .worktreeinclude of the commit and the editor name', async () => {
    const world = worldWith([]);
    world.worktrees.files.set('.worktreeinclude', '.secret\nnothere');
    world.includeFiles = ['editor.json'];
    await world.create({ target });
    expect([...world.worktreeFiles.texts.keys()]).toEqual([`${folder}/.secret`, `${folder}/editor.json`]);
  });

  it('are what an example of the commit says where the main worktree has none', async () => {
    const world = new EnvironmentWorld();
    const examples = { '.env': '.env.example' };
    world.commit(environmentFileText(['frontend'], database, { copy: ['.env'], examples }));
    const told: Progress[] = [];
    await world.create({ target }, { report: (progress) => told.push(progress) });
    expect(world.worktreeFiles.texts.get(`${folder}/.env`)).toBe('.env.example\n');
    const detail = '.env (as .env.example has it)';
    expect(told.find(({ step, state }) => step === 'copy' && state === 'done')?.detail).toBe(detail);
  });

  it('are taken back as far as they came when one cannot be copied', async () => {
    const world = worldWith();
    await world.create({ target });
    world.edited.set(folder, environmentFileText(['frontend'], database, { copy: ['.env', '.secret', 'editor.json'] }));
    world.worktreeFiles.failsAfter = '.secret';
    await expect(world.create({ target: { kind: 'worktree', path: folder } })).rejects.toThrow('The disk is full.');
    expect([...world.worktreeFiles.texts.keys()]).toEqual([`${folder}/.env`]);
  });

  it('are no step where nothing is named, nor in the main worktree', async () => {
    const world = worldWith(['.env']);
    const steps = async (of: typeof target) =>
      (await planCreate(world.createPorts())({ folder: '/code/repo', target: of }, run)).steps.map(({ id }) => id);
    expect(await steps(target)).toContain('copy');
    expect(await steps({ kind: 'worktree', path: '/code/repo' })).not.toContain('copy');
    world.worktreeFiles.ignored.clear();
    expect(await steps(target)).not.toContain('copy');
  });

  it('are there before anything reads them, whether there are setup commands or not', async () => {
    const world = worldWith();
    world.commit(environmentFileText(['frontend'], database, { copy: ['.env'] }));
    const isBefore = async (step: string): Promise<boolean> => {
      const { steps } = await planCreate(world.createPorts())({ folder: '/code/repo', target }, run);
      const waits = (id: string): boolean =>
        id === 'copy' || steps.find((each) => each.id === id)?.after.some(waits) === true;
      return waits(step);
    };
    expect(await isBefore('template')).toBe(true);
    expect(await isBefore('worktree')).toBe(false);
    world.commit(environmentFileText(['frontend'], undefined, { copy: ['.env'] }));
    expect(await isBefore('release')).toBe(true);
  });

  it('of git’s hooks come along unasked, and the step says why', async () => {
    const world = worldWith([]);
    world.worktreeFiles.hooks.push('.husky/_/pre-commit');
    const told: Progress[] = [];
    await world.create({ target }, { report: (progress) => told.push(progress) });
    expect(world.worktreeFiles.texts.has(`${folder}/.husky/_/pre-commit`)).toBe(true);
    expect(told.find(({ step, state }) => step === 'copy' && state === 'done')?.detail).toContain("git's hooks");
  });

  it('that lead outside are refused before anything is made', async () => {
    await failsAndChangesNothing(worldWith(['outside']), { target }, { code: 'invalidInput' });
  });

  it('go again when a later step fails in a worktree that was there', async () => {
    const world = worldWith([]);
    await world.create({ target });
    world.edited.set(folder, environmentFileText(['frontend'], database, { copy: ['.env'], setup: [command('x')] }));
    world.commands.onRun = () => {
      throw new AppError('failed', 'no');
    };
    const update = { target: { kind: 'worktree', path: folder } } as const;
    await expect(world.create(update)).rejects.toThrow('setup[0]: no');
    expect(world.worktreeFiles.texts.has(`${folder}/.env`)).toBe(false);
    world.commands.onRun = () => undefined;
    await world.create(update);
    expect(world.worktreeFiles.texts.has(`${folder}/.env`)).toBe(true);
  });
});
