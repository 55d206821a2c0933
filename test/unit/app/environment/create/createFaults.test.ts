import { describe, expect, it } from 'vitest';
import type { CreateRequest } from '../../../../../src/app/environment/requests';
import { isAbort, isAppError, toAppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { command, environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { Crash, crashAt, faultAt, outageAt, recorder, type When } from '../../../../support/faults';

interface Scenario {
  readonly name: string;
  readonly target: CreateRequest['target'];
  readonly prepare: (world: EnvironmentWorld) => unknown;
}

const main: CreateRequest['target'] = { kind: 'worktree', path: '/code/repo' };
const scenarios: readonly Scenario[] = [
  {
    name: 'a new branch',
    target: { kind: 'branch', branch: 'feat/x', base: 'main' },
    prepare: () => undefined,
  },
  {
    name: 'a remote branch',
    target: { kind: 'branch', branch: 'origin/feat/x' },
    prepare: (world) => world.worktrees.makeRemoteBranch('feat/x'),
  },
  {
    name: 'a local branch',
    target: { kind: 'branch', branch: 'feat/x' },
    prepare: (world) => world.worktrees.makeBranch('feat/x'),
  },
  {
    name: 'a new branch with copied and patched files, and setup commands',
    target: { kind: 'branch', branch: 'feat/x', base: 'main' },
    prepare: (world) => {
      world.worktreeFiles.ignored.add('.env');
      world.commit(
        environmentFileText(['frontend'], database, {
          copy: ['.env'],
          patch: { '.env': { URL: '$(DATABASE_URL)' } },
          setup: [command('npm', 'ci')],
        }),
      );
    },
  },
  { name: 'the main worktree', target: main, prepare: () => undefined },
  { name: 'an environment that is there', target: main, prepare: (world) => world.create({ target: main }) },
];

async function ready(scenario: Scenario): Promise<EnvironmentWorld> {
  const world = new EnvironmentWorld();
  await scenario.prepare(world);
  return world;
}

describe.each(scenarios)('creating for $name', (scenario) => {
  const reference = (async () => {
    const world = await ready(scenario);
    const before = await world.state();
    const hook = recorder();
    const { target } = scenario;
    expect((await world.create({ target }, { hook })).ready).toBe(true);
    return { before, after: await world.state(), calls: hook.calls };
  })();

  /** Runs the same create against a fresh world once for each call that it makes. */
  async function atEveryCall(work: (world: EnvironmentWorld, number: number, call: string) => Promise<void>) {
    const { calls } = await reference;
    expect(calls.length).toBeGreaterThan(20);
    for (const [number, call] of calls.entries()) {
      const world = await ready(scenario);
      try {
        await work(world, number, call);
      } catch (error) {
        throw new Error(`at call ${number}, ${call}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
  }

  async function converges(world: EnvironmentWorld): Promise<void> {
    const { after } = await reference;
    // Where all was done but to tell so, the branch has its environment already.
    const isDone = JSON.stringify(await world.state()) === JSON.stringify(after);
    if (!isDone || scenario.target.kind === 'worktree') {
      expect((await world.create({ target: scenario.target })).ready).toBe(true);
      expect(await world.state()).toEqual(after);
    }
    expect(world.locks.held).toEqual([]);
  }

  it.each<When>(['before', 'after'])('a failure %s any call took effect leaves nothing behind', async (when) => {
    const { before, after } = await reference;
    let failures = 0;
    await atEveryCall(async (world, number, call) => {
      const hook = faultAt(number, when);
      const error: unknown = await world
        .create({ target: scenario.target }, { hook })
        .then(() => undefined, toAppError);
      const isLockLost = call.startsWith('lock');
      if (!isLockLost) expect(world.locks.held).toEqual([]);
      world.locks.abandonAll();
      if (error === undefined) {
        expect(await world.state()).toEqual(after);
      } else {
        failures++;
        expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining('Injected fault.') });
        if (scenario.prepare.length > 0 && scenario.target === main) {
          // An update of a release is not taken back, and said to be there.
          expect(toAppError(error).explanation ?? '').not.toMatch(/could not be undone|worktree |namespace /);
        } else {
          expect(toAppError(error).explanation).toBeUndefined();
        }
        expect(await world.state()).toEqual(before);
      }
      await converges(world);
    });
    expect(failures).toBeGreaterThan(20);
  });

  it.each<When>(['before', 'after'])('cancelling %s any call leaves nothing behind', async (when) => {
    const { before } = await reference;
    await atEveryCall(async (world, number) => {
      const cancel = new AbortController();
      const hook = faultAt(number, when, () => cancel.abort());
      const error: unknown = await world.create({ target: scenario.target }, { hook, signal: cancel.signal }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(world.locks.held).toEqual([]);
      if (error !== undefined) {
        const isTold = isAppError(error) && (error.explanation ?? error.message).includes('may be updated in part');
        expect(isAbort(error) || isTold).toBe(true);
        expect(await world.state()).toEqual(before);
      }
      await converges(world);
    });
  });

  it.each<When>(['before', 'after'])('after a crash %s any call the same request finishes it', async (when) => {
    await atEveryCall(async (world, number) => {
      const hook = crashAt(number, when);
      const error: unknown = await world.create({ target: scenario.target }, { hook }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      // A lock that is not let go of is no failure of the create.
      if (error !== undefined) expect(causes(error).some((cause) => cause instanceof Crash)).toBe(true);
      expect(hook.crashed).toBe(true);
      world.locks.abandonAll();
      await converges(world);
    });
  });

  it.each(['cluster', 'databases', 'releases', 'identities', 'worktrees'])(
    'when %s fails from any call on, what is left is told, and the same request finishes it later',
    async (port) => {
      const { before } = await reference;
      await atEveryCall(async (world, number) => {
        const error: unknown = await world
          .create({ target: scenario.target }, { hook: outageAt(number, port) })
          .then(() => undefined, toAppError);
        world.locks.abandonAll();
        if (error !== undefined) {
          const state = await world.state();
          const told = toAppError(error).explanation ?? '';
          if (JSON.stringify(state) !== JSON.stringify(before)) expect(told).toContain('Left behind: ');
        }
        await converges(world);
      });
    },
  );
});

function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let next = error; next instanceof Error; next = next.cause) found.push(next);
  return found;
}
