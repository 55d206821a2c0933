import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../../src/app/run/run';
import { planOf, runSteps, type Step } from '../../../../src/app/run/steps';
import { AppError, isAbort } from '../../../../src/core/errors';
import { FakeClock } from '../../../support/fakes/fakeClock';

/** Something that is waited for. */
function gate<T = void>() {
  let open: (value: T) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

class Trial {
  readonly log: string[] = [];
  readonly told: Progress[] = [];
  readonly clock = new FakeClock();
  readonly cancel = new AbortController();

  step(id: string, after: string[] = [], more: Partial<Step> = {}): Step {
    return {
      id,
      title: `Do ${id}`,
      after,
      run: async () => void this.log.push(id),
      undo: async () => void this.log.push(`undo ${id}`),
      ...more,
    };
  }

  run(...steps: Step[]): Promise<void> {
    const report = (progress: Progress): void => void this.told.push(progress);
    return runSteps(steps, { signal: this.cancel.signal, report }, this.clock);
  }

  error(...steps: Step[]): Promise<unknown> {
    return this.run(...steps).then(
      () => undefined,
      (error: unknown) => error,
    );
  }
}

const failure = new AppError('denied', 'No.', { remedy: { title: 'Try Again', action: { kind: 'retry' } } });
const failing = { run: () => Promise.reject(failure) };
/** Ends only when it is cancelled. */
const cancelled = {
  run: ({ signal }: { signal: AbortSignal }) =>
    new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
};

describe('runSteps', () => {
  it('tells of a step that is over but did not reach what it was for, and takes nothing back', async () => {
    const trial = new Trial();
    await trial.run(trial.step('a'), trial.step('b', ['a'], { run: async () => ({ short: 'x is not ready' }) }));
    expect(trial.log).toEqual(['a']);
    expect(trial.told.at(-1)).toMatchObject({
      step: 'b',
      state: 'short',
      detail: 'x is not ready',
      finished: 2,
      total: 2,
    });
  });

  it('runs each behind those that it needs, in whatever order they are listed', async () => {
    const trial = new Trial();
    await trial.run(trial.step('c', ['b', 'a']), trial.step('b', ['a']), trial.step('a'));
    expect(trial.log).toEqual(['a', 'b', 'c']);
  });

  it('runs those together that do not need each other', async () => {
    const trial = new Trial();
    const [a, b] = [gate(), gate()];
    // Each ends only when the other has begun.
    await trial.run(
      trial.step('a', [], { run: async () => (a.open(), b.promise) }),
      trial.step('b', [], { run: async () => (b.open(), a.promise) }),
    );
    expect(trial.told.map(({ step, state }) => `${step} ${state}`).slice(0, 2)).toEqual(['a running', 'b running']);
  });

  it('tells how long each took, what was special, and how many are over', async () => {
    const trial = new Trial();
    const run = async (): Promise<string> => {
      trial.clock.advance(250);
      return 'found';
    };
    await trial.run(trial.step('a', [], { run }), trial.step('b', ['a']));
    expect(trial.told).toEqual([
      { step: 'a', title: 'Do a', state: 'running', finished: 0, total: 2 },
      { step: 'a', title: 'Do a', state: 'done', finished: 1, total: 2, duration: 250, detail: 'found' },
      { step: 'b', title: 'Do b', state: 'running', finished: 1, total: 2 },
      { step: 'b', title: 'Do b', state: 'done', finished: 2, total: 2, duration: 0 },
    ]);
  });

  it('lets a step wait for another that it does not always need', async () => {
    const trial = new Trial();
    const slow = gate();
    const run: Step['run'] = async ({ done }) => {
      trial.log.push('a asks');
      slow.open();
      await done('b');
      trial.log.push('a goes on');
    };
    const b = { run: async () => (await slow.promise, void trial.log.push('b')) };
    await trial.run(trial.step('a', [], { run }), trial.step('b', [], b));
    expect(trial.log).toEqual(['a asks', 'b', 'a goes on']);
  });

  it('fails a step that waits for one that fails, with the error of the one', async () => {
    const trial = new Trial();
    const waiting: Step['run'] = ({ done }) => done('b');
    expect(await trial.error(trial.step('a', [], { run: waiting }), trial.step('b', [], failing))).toBe(failure);
  });

  it('has no patience with a step that is none', async () => {
    const trial = new Trial();
    expect(await trial.error(trial.step('a', ['nowhere']))).toMatchObject({ code: 'bug' });
    expect(trial.log).toEqual([]);
  });

  it('cancels the others at the first failure, begins none, and undoes what was begun, the last first', async () => {
    const trial = new Trial();
    const steps = [
      trial.step('a'),
      trial.step('b', ['a']),
      trial.step('c', ['a'], cancelled),
      trial.step('d', ['b'], failing),
      trial.step('e', ['d']),
    ];
    expect(await trial.error(...steps)).toBe(failure);
    expect(trial.log).toEqual(['a', 'b', 'undo d', 'undo c', 'undo b', 'undo a']);
    expect(trial.told.filter(({ state }) => state === 'failed')).toMatchObject([{ step: 'd', detail: 'No.' }]);
    expect(trial.told.filter(({ state }) => state === 'undone').map(({ step }) => step)).toEqual(['d', 'c', 'b', 'a']);
  });

  it('waits for all to end before it undoes anything', async () => {
    const trial = new Trial();
    const stubborn = gate();
    const isCancelled = gate();
    const run: Step['run'] = async ({ signal }) => {
      signal.addEventListener('abort', () => isCancelled.open());
      await stubborn.promise;
      trial.log.push('a ended');
    };
    const over = trial.error(trial.step('a', [], { run }), trial.step('b', [], failing));
    await isCancelled.promise;
    expect(trial.log).toEqual([]);
    stubborn.open();
    await over;
    expect(trial.log).toEqual(['a ended', 'undo b', 'undo a']);
  });

  it('is cancelled by its signal, as no error', async () => {
    const trial = new Trial();
    const over = trial.error(
      trial.step('a', [], { run: async () => (queueMicrotask(() => trial.cancel.abort()), void trial.log.push('a')) }),
      trial.step('b', ['a'], cancelled),
    );
    expect(isAbort(await over)).toBe(true);
    expect(trial.log).toContain('undo a');
    expect(trial.told.some(({ state }) => state === 'failed')).toBe(false);
  });

  it('begins nothing when it is cancelled before', async () => {
    const trial = new Trial();
    trial.cancel.abort();
    expect(isAbort(await trial.error(trial.step('a')))).toBe(true);
    expect(trial.log).toEqual([]);
  });

  it('takes back what was done when it is cancelled at the very end', async () => {
    const trial = new Trial();
    const error = await trial.error(
      trial.step('a', [], { run: async () => (trial.log.push('a'), trial.cancel.abort()) }),
    );
    expect(isAbort(error)).toBe(true);
    expect(trial.log).toEqual(['a', 'undo a']);
  });

  it('undoes although it is cancelled, with a signal that is not', async () => {
    const trial = new Trial();
    let wasAborted: boolean | undefined;
    const undo: Step['undo'] = async (signal) => void (wasAborted = signal.aborted);
    const run: Step['run'] = async () => trial.cancel.abort();
    await trial.error(trial.step('a', [], { run, undo }));
    expect(wasAborted).toBe(false);
  });

  it('names what is left, and goes on undoing behind an undo that fails', async () => {
    const trial = new Trial();
    const error = await trial.error(
      trial.step('a'),
      trial.step('b', ['a'], { undo: async () => 'the worktree /x' }),
      trial.step('c', ['b'], { undo: () => Promise.reject(new AppError('unreachable', 'Nobody answers.')) }),
      trial.step('d', ['c'], failing),
    );
    expect(error).toMatchObject({ code: 'denied', message: 'No.', remedy: failure.remedy, cause: failure });
    expect((error as AppError).explanation).toBe(
      'Left behind: Do c: could not be undone (Nobody answers.); the worktree /x',
    );
    expect(trial.log).toEqual(['a', 'b', 'c', 'undo d', 'undo a']);
    expect(trial.told.filter(({ state }) => state === 'kept').map(({ step }) => step)).toEqual(['c', 'b']);
  });

  it('says that a cancelled run left something', async () => {
    const trial = new Trial();
    const run: Step['run'] = async () => trial.cancel.abort();
    const error = await trial.error(trial.step('a', [], { run, undo: async () => 'the worktree /x' }));
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining('Left behind: the worktree /x') });
  });
});

it('planOf shows the steps as they are', () => {
  const trial = new Trial();
  expect(planOf([trial.step('a'), trial.step('b', ['a'])])).toEqual([
    { id: 'a', title: 'Do a', after: [] },
    { id: 'b', title: 'Do b', after: ['a'] },
  ]);
});

it('planOf leaves out what is implied', () => {
  const trial = new Trial();
  const steps = [trial.step('a'), trial.step('b', ['a']), trial.step('c', ['a', 'b'])];
  expect(planOf(steps).map(({ after }) => after)).toEqual([[], ['a'], ['b']]);
});

it('refuses steps that wait for each other, before any of them begins', async () => {
  const trial = new Trial();
  const steps = [trial.step('a'), trial.step('b', ['a', 'd']), trial.step('c', ['b']), trial.step('d', ['c'])];
  const refusal = { code: 'bug', message: 'The steps b, c, d wait for each other.' };
  expect(() => planOf(steps)).toThrow(expect.objectContaining(refusal));
  await expect(trial.run(...steps)).rejects.toMatchObject(refusal);
  expect(trial.log).toEqual([]);
});

describe('a step that waits for another only sometimes', () => {
  const steps = (trial: Trial, more: Partial<Step> = {}) => [
    trial.step('a'),
    trial.step('b', ['a']),
    trial.step('c', [], { sometimesAfter: ['b'], ...more }),
  ];

  it('begins at once, and waits where it comes to that', async () => {
    const trial = new Trial();
    const opened = gate();
    const [, ...others] = steps(trial, {
      run: async ({ done }) => {
        trial.log.push('c begins');
        opened.open();
        await done('b');
        trial.log.push('c goes on');
      },
    });
    await trial.run({ ...trial.step('a'), run: () => opened.promise }, ...others);
    expect(trial.log).toEqual(['c begins', 'b', 'c goes on']);
  });

  it('is undone before it where it waited, though it began first', async () => {
    const trial = new Trial();
    const waiting = { run: async ({ done }: { done: (id: string) => Promise<void> }) => done('b').then(failing.run) };
    expect(await trial.error(...steps(trial, waiting))).toBe(failure);
    expect(trial.log).toEqual(['a', 'b', 'undo c', 'undo b', 'undo a']);
  });

  it('is told after it in a plan, and refused where both wait', () => {
    const trial = new Trial();
    expect(planOf(steps(trial)).map(({ after }) => after)).toEqual([[], ['a'], ['b']]);
    const around = [trial.step('a', ['b']), trial.step('b', [], { sometimesAfter: ['a'] })];
    expect(() => planOf(around)).toThrow('The steps a, b wait for each other.');
  });
});
