import { describe, expect, it } from 'vitest';
import { provide, type Provided, type ProvidePorts } from '../../../../src/app/hooks/provide';
import { removeProvided } from '../../../../src/app/hooks/removeProvided';
import { removeSessionWorktree } from '../../../../src/app/hooks/removeSessionWorktree';
import { sessionWorktree } from '../../../../src/app/hooks/sessionWorktree';
import type { DeleteRequest } from '../../../../src/app/environment/requests';
import type { Waited } from '../../../../src/app/wait/waitForEnvironment';
import { AppError } from '../../../../src/core/errors';
import type { OwnEnd, OwnProgram } from '../../../../src/core/ports/ownProgram';
import { database, EnvironmentWorld } from '../../../support/environmentWorld';
import { environmentFileText } from '../../../support/fakes/fakeEnvironmentFiles';

const never = new AbortController().signal;
const run = { signal: never, report: () => undefined };

function sessions(world: EnvironmentWorld, base = '') {
  return sessionWorktree({
    ...world.createPorts(),
    newId: () => '0123456789ab',
    settings: () => ({ ...world.settings, 'worktree.base': base }),
  });
}

describe('the worktree of a session', () => {
  it('is where Claude Code would make it, with nothing of Coppice in it, and the same when asked for again', async () => {
    const world = new EnvironmentWorld();
    const made = await sessions(world)({ folder: '/code/repo', name: 'a/b' }, run);
    expect(made).toMatchObject({ path: '/code/repo/.claude/worktrees/a+b', branch: 'worktree-a+b' });
    expect(made.beingMade).toBeUndefined();
    expect(await world.identities.read(made)).toBeUndefined();
    expect((await sessions(world)({ folder: made.path, name: 'a/b' }, run)).path).toBe(made.path);
    expect(await world.worktrees.list(world.worktrees.repositoryInfo)).toHaveLength(2);
  });

  it('takes the branch that an earlier one has left', async () => {
    const world = new EnvironmentWorld();
    world.worktrees.makeBranch('worktree-x');
    expect((await sessions(world)({ folder: '/code/repo', name: 'x' }, run)).branch).toBe('worktree-x');
  });

  it('is one for two who ask at once, also where git does not know yet what the other one makes', async () => {
    const world = new EnvironmentWorld();
    const { worktrees } = world;
    const add = worktrees.add.bind(worktrees);
    let tries = 0;
    worktrees.add = async (...request) => {
      tries++;
      if (tries === 3) await add(...request);
      throw new AppError('conflict', 'the folder is there');
    };
    const made = await sessions(world)({ folder: '/code/repo', name: 'x' }, run);
    expect([made.path, tries]).toEqual(['/code/repo/.claude/worktrees/x', 3]);
    worktrees.add = async () => {
      tries++;
      throw new AppError('denied', 'no');
    };
    await expect(sessions(world)({ folder: '/code/repo', name: 'y' }, run)).rejects.toThrow('no');
    expect(tries).toBe(4);
  });

  it('is waited for while somebody makes it, and finished where nobody does any more', async () => {
    const world = new EnvironmentWorld();
    const { worktrees } = world;
    const { path } = await sessions(world)({ folder: '/code/repo', name: 'x' }, run);
    const list = worktrees.list.bind(worktrees);
    const finished: string[] = [];
    worktrees.finish = async (_, worktree) => (finished.push(worktree.path), worktree);
    let looks = 0;
    const isMade = async (isMakerGone: boolean) => {
      looks = 0;
      worktrees.list = async (...args) =>
        (await list(...args)).map((each) =>
          each.path === path && (isMakerGone || ++looks < 3)
            ? { ...each, beingMade: 'a', ...(isMakerGone ? { isMakerGone } : {}) }
            : each,
        );
      return sessions(world)({ folder: '/code/repo', name: 'x' }, run);
    };
    expect((await isMade(false)).beingMade).toBeUndefined();
    expect([looks, finished]).toEqual([3, []]);
    await isMade(true);
    expect(finished).toEqual([path]);
  });

  it('whose folder is gone is not made over another one', async () => {
    const world = new EnvironmentWorld();
    const made = await sessions(world)({ folder: '/code/repo', name: 'x' }, run);
    world.worktrees.loseFolder(made);
    await expect(sessions(world)({ folder: '/code/repo', name: 'x' }, run)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('the end of a session', () => {
  const removal = (world: EnvironmentWorld) =>
    removeSessionWorktree({
      ...world.createPorts(),
      plainWorktrees: { remove: async () => undefined },
      deleteEnvironment: (request) => world.delete(request),
    });

  it('deletes its worktree with its environment and the clone, and the branch that has nothing of its own', async () => {
    const world = new EnvironmentWorld();
    const { path } = await sessions(world)({ folder: '/code/repo', name: 'x' }, run);
    await world.create({ folder: path, target: { kind: 'worktree', path } });
    expect(await world.cluster.listNamespaces()).toHaveLength(1);
    await removal(world)({ folder: '/code/repo', path }, run);
    expect(await world.worktrees.list(world.worktrees.repositoryInfo)).toHaveLength(1);
    expect(await world.cluster.listNamespaces()).toEqual([]);
    const branches = await world.worktrees.branches(world.worktrees.repositoryInfo);
    expect(branches.map(({ name }) => name)).not.toContain('worktree-x');
    await removal(world)({ folder: '/code/repo', path }, run);
  });

  it('keeps a branch that was there before it', async () => {
    const world = new EnvironmentWorld();
    world.worktrees.makeBranch('worktree-x');
    const { path } = await sessions(world)({ folder: '/code/repo', name: 'x' }, run);
    expect(await removal(world)({ folder: '/code/repo', path }, run)).toEqual([]);
    expect(await world.worktrees.list(world.worktrees.repositoryInfo)).toHaveLength(1);
    const branches = await world.worktrees.branches(world.worktrees.repositoryInfo);
    expect(branches.map(({ name }) => name)).toContain('worktree-x');
  });

  it.each([
    ['of its own', 'removes'],
    ['of another tool', 'leaves'],
  ])('tells what of its database goes with a worktree %s, which it %s', async (_, what) => {
    const world = new EnvironmentWorld();
    world.commit(environmentFileText(['frontend'], database));
    const { path } = await sessions(world)({ folder: '/code/repo', name: 'x' }, run);
    const made = await world.create({ folder: path, target: { kind: 'worktree', path } });
    const tables = [{ table: 'users', rows: 3 }];
    world.databases.written.set(made.identity.parts.database?.database ?? '', tables);
    const ports = { ...world.createPorts(), deleteEnvironment: (request: DeleteRequest) => world.delete(request) };
    const ended =
      what === 'removes'
        ? removal(world)({ folder: '/code/repo', path }, run)
        : removeProvided(ports)({ folder: path }, run);
    expect(await ended).toEqual([expect.objectContaining({ kind: 'database' })]);
    expect(await world.cluster.listNamespaces()).toEqual([]);
    expect(await world.worktrees.list(world.worktrees.repositoryInfo)).toHaveLength(what === 'removes' ? 1 : 2);
    // There is none any more, and the main worktree is never another tool's.
    expect(await removeProvided(ports)({ folder: '/code/repo' }, run)).toEqual([]);
  });

  it('keeps the branch with commits that nothing else has, and all of it where files would be lost', async () => {
    const world = new EnvironmentWorld();
    const made = await sessions(world)({ folder: '/code/repo', name: 'x' }, run);
    world.worktrees.commit(made, 'work');
    await removal(world)({ folder: '/code/repo', path: made.path }, run);
    const branches = await world.worktrees.branches(world.worktrees.repositoryInfo);
    expect(branches.map(({ name }) => name)).toContain('worktree-x');

    const other = await sessions(world)({ folder: '/code/repo', name: 'y' }, run);
    world.worktrees.writeFile(other, 'notes.txt');
    await expect(removal(world)({ folder: '/code/repo', path: other.path }, run)).rejects.toMatchObject({
      code: 'conflict',
      losses: [expect.objectContaining({ kind: 'untracked' })],
    });
    expect(await world.worktrees.list(world.worktrees.repositoryInfo)).toHaveLength(2);
  });

  it('never is the end of the main worktree', async () => {
    const world = new EnvironmentWorld();
    await expect(removal(world)({ folder: '/code/repo', path: '/code/repo' }, run)).rejects.toMatchObject({
      code: 'invalidInput',
    });
  });
});

describe('an environment that a hook asks for', () => {
  /** A program that ends when the test says so. */
  function aProgram() {
    const started: { argv: readonly string[]; folder: string }[] = [];
    const asked: string[] = [];
    let end: (end: OwnEnd) => void = () => undefined;
    const ended = new Promise<OwnEnd>((resolve) => (end = resolve));
    const program: OwnProgram = {
      start: async (argv, folder) => {
        started.push({ argv, folder });
        return {
          logFile: '/log',
          ended,
          cancel: () => {
            asked.push('cancel');
            end({ exitCode: 130, output: '{"error":{"code":"cancelled","message":"Cancelled."}}\n' });
          },
          letGo: async () => void asked.push('letGo'),
        };
      },
    };
    return {
      started,
      asked,
      program,
      end: (exitCode: number | undefined, output: string) => end({ exitCode, output }),
    };
  }

  const noWake = { wake: () => Promise.reject(new Error('nobody wakes what is awake')) };
  const noWait = { wait: () => Promise.reject(new Error('nobody waits for what is not made')), ...noWake };

  async function aWorld() {
    const world = new EnvironmentWorld();
    const { path } = await sessions(world)({ folder: '/code/repo', name: 'x' }, run);
    return { world, path };
  }

  async function told(exitCode: number | undefined, output: string): Promise<Provided> {
    const { world, path } = await aWorld();
    const { program, end, started } = aProgram();
    const result = provide({ ...world.createPorts(), program, ...noWait })({ folder: path, limitMs: 60_000 }, run);
    end(exitCode, output);
    const provided = await result;
    expect(started).toEqual([{ argv: ['create', '--wait', '--json', '--steps'], folder: path }]);
    return provided;
  }

  it('is ready, or not, as its create says', async () => {
    expect(await told(0, '{"ready":true,"services":[]}\n')).toEqual({ kind: 'ready' });
    const services = [
      { name: 'web', health: 'degraded', state: 'CrashLoopBackOff', reason: 'exit code 3' },
      { name: 'api', health: 'healthy', state: 'Running', reason: null },
    ];
    expect(await told(10, `${JSON.stringify({ ready: false, services })}\n`)).toEqual({
      kind: 'failed',
      message: 'It is made, but not ready. web: CrashLoopBackOff exit code 3',
      log: '/log',
    });
    const notes = ['database.migrate: no such type\n  ALTER TABLE a\nOnce that is mended…'];
    expect(await told(10, `${JSON.stringify({ ready: false, services: [], notes })}\n`)).toEqual({
      kind: 'failed',
      message: 'It is made, but not ready. database.migrate: no such type',
      explanation: '  ALTER TABLE a\nOnce that is mended…',
      log: '/log',
    });
    expect(await told(1, '{"error":{"code":"failed","message":"npm ended with 1","explanation":"ENOENT"}}')).toEqual({
      kind: 'failed',
      message: 'npm ended with 1',
      explanation: 'ENOENT',
      log: '/log',
    });
  });

  it('that is kept from coming up by Coppice itself is told apart', async () => {
    expect(await told(70, '{"error":{"code":"bug","message":"Unexpected error: x","explanation":null}}')).toMatchObject(
      {
        kind: 'broken',
        message: 'Unexpected error: x',
      },
    );
    expect(await told(undefined, '')).toMatchObject({ kind: 'broken', message: expect.stringContaining('was ended') });
    expect(await told(4, 'no JSON')).toMatchObject({ kind: 'broken', message: expect.stringContaining('exit code 4') });
  });

  it('goes on when the time is over, and nobody waits for it any more', async () => {
    const { world, path } = await aWorld();
    const { program, asked } = aProgram();
    const provided = await provide({ ...world.createPorts(), program, ...noWait })({ folder: path, limitMs: 5 }, run);
    expect(provided).toMatchObject({ kind: 'underway', log: '/log' });
    expect(asked).toEqual(['letGo']);
  });

  it('is taken back when whoever asked for it is cancelled', async () => {
    const { world, path } = await aWorld();
    const { program, asked } = aProgram();
    const cancel = new AbortController();
    const result = provide({ ...world.createPorts(), program, ...noWait })(
      { folder: path, limitMs: 60_000 },
      { signal: cancel.signal, report: () => undefined },
    );
    cancel.abort();
    await expect(result).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked.every((each) => each === 'cancel')).toBe(true);
  });

  /** What a hook says of one that is made, and what it starts. */
  async function resumed(wait: () => Promise<Waited>, { wake }: Pick<ProvidePorts, 'wake'> = noWake) {
    const { world, path } = await aWorld();
    await world.create({ folder: path, target: { kind: 'worktree', path } });
    const { program, end, started } = aProgram();
    end(0, '{"ready":true,"services":[]}\n');
    const ports = { ...world.createPorts(), program, wait, wake };
    const provided = await provide(ports)({ folder: path, limitMs: 50 }, run);
    return { provided, created: started.length };
  }

  it('that is made is only waited for, so that no service runs anew', async () => {
    const waited = { ready: true, namespace: 'x', services: [], notes: [], isUnfinished: false };
    expect(await resumed(async () => waited)).toEqual({ provided: { kind: 'ready' }, created: 0 });
    // Without services there is nothing to be ready.
    expect(await resumed(async () => ({ ...waited, ready: false }))).toEqual({
      provided: { kind: 'ready' },
      created: 0,
    });
    const web = { name: 'web', health: 'failed', state: 'CrashLoopBackOff', reason: 'exit code 3' };
    const troubled = async (): Promise<Waited> => ({
      ...{ ...waited, ready: false, services: [web as never], notes: ['The gateway does not answer.'] },
    });
    expect(await resumed(troubled)).toMatchObject({
      provided: {
        kind: 'failed',
        message: expect.stringMatching(/not ready\. .*web.*exit code 3.*; The gateway does not answer\.$/),
      },
      created: 0,
    });
    const late = () => new Promise<Waited>((_, reject) => setTimeout(() => reject(new Error('aborted')), 60));
    expect(await resumed(late)).toMatchObject({ provided: { kind: 'underway' }, created: 0 });
    expect(await resumed(() => Promise.reject(new AppError('timeout', 'late')))).toMatchObject({
      provided: { kind: 'failed', message: 'late' },
      created: 0,
    });
  });

  it('that sleeps is woken: a session is about to use it', async () => {
    const asleep = { name: 'web', health: 'asleep', state: 'Asleep', reason: undefined };
    const services = [asleep as never];
    const waited = { ready: true, namespace: 'x', services, notes: [], isUnfinished: false };
    const wakes = (ready: boolean, health: string) => ({
      wake: async () => ({ ready, services: [{ ...asleep, health, state: 'Error' } as never] }),
    });
    expect(await resumed(async () => waited, wakes(true, 'healthy'))).toEqual({
      ...{ provided: { kind: 'ready' }, created: 0 },
    });
    expect(await resumed(async () => waited, wakes(false, 'degraded'))).toMatchObject({
      ...{ provided: { kind: 'failed', message: 'It is made, but not ready. web: Error' }, created: 0 },
    });
  });

  it.each([[[]], [[{ name: 'web', health: 'healthy', state: 'Running', reason: undefined }]]])(
    'that is made but for an install that did not end well is made again, whatever its services say: %j',
    async (services) => {
      const notes = ['node_modules is not complete: its install did not end well.'];
      const waited = { ready: false, namespace: 'x', services: services as never, notes, isUnfinished: true };
      expect(await resumed(async () => waited)).toEqual({ provided: { kind: 'ready' }, created: 1 });
    },
  );

  it('that is made, and that the cluster does not have any more, is made again', async () => {
    for (const code of ['notFound', 'unreachable'] as const)
      expect(await resumed(() => Promise.reject(new AppError(code, 'gone')))).toEqual({
        provided: { kind: 'ready' },
        created: 1,
      });
  });

  it('is none where the branch has no environment file, and for the main worktree', async () => {
    const { world, path } = await aWorld();
    const { program, started } = aProgram();
    const use = provide({ ...world.createPorts(), program, ...noWait });
    expect(await use({ folder: '/code/repo', limitMs: 5 }, run)).toEqual({ kind: 'none' });
    world.commit(undefined);
    expect(await use({ folder: path, limitMs: 5 }, run)).toEqual({ kind: 'none' });
    expect(started).toEqual([]);
  });
});
