import { AppError, isAbort, toAppError } from '../../core/errors';
import type { Clock } from '../../core/ports/host';
import type { Progress, Run, StartWait } from './run';

/** One named, idempotent piece of creating or deleting; run again after a crash it goes on where it ended. */
export interface Step {
  readonly id: string;
  readonly title: string;
  /** Ids of the steps that must be done before. */
  readonly after: readonly string[];
  /** Ids of steps that it waits for, by `done`, only where it comes to what needs them. */
  readonly sometimesAfter?: readonly string[];
  /** @returns what is special about it, for a person */
  run(context: StepContext): Promise<string | Shortfall | undefined | void>;
  /**
   * Takes back what *this* run made, also when `run` failed half-way; does nothing when it made nothing.
   * @returns what it had to leave behind, for a person; undefined: nothing
   */
  undo?(signal: AbortSignal): Promise<string | undefined | void>;
}

/** What a step was for is not reached, which is no reason to take anything back: a person can mend it. */
export interface Shortfall {
  readonly short: string;
}

export interface StepContext {
  readonly signal: AbortSignal;
  /** Waits for another step that only this case depends on; rejects when that step fails. */
  readonly done: (id: string) => Promise<void>;
  /** Says how far it is, one line at a time. @param waits where it waits for this machine to have room */
  readonly tell: (line: string, waits?: StartWait) => void;
}

/** What is done before the first step is taken back, while all that was made is still there. Limits its own time. */
export interface Farewell extends Pick<Step, 'id' | 'title'> {
  /** @param begun ids of steps, also of those that failed half-way */
  isDue(begun: ReadonlySet<string>): boolean;
  /** Where it fails that is told, and the rest is taken back all the same. @returns what is special about it, for a person */
  run(context: Pick<StepContext, 'tell'>): Promise<string | undefined | void>;
}

const undoTimeoutMs = 60_000;

/**
 * Runs steps as soon as what they depend on is done, independent ones together. When one fails or the run is cancelled,
 * the others are cancelled and all that was begun is undone, after the farewells that are due, last begun first, and none before what
 * has waited for it; what could not be taken back is named in the error's explanation.
 *
 * @throws the first failure, or the AbortError of `run.signal`
 */
export async function runSteps(
  steps: readonly Step[],
  run: Run,
  clock: Clock,
  farewells: readonly Farewell[] = [],
): Promise<void> {
  verifyOrder(steps);
  const cancel = new AbortController();
  const signal = AbortSignal.any([run.signal, cancel.signal]);
  const begun: Step[] = [];
  const finished = new Map<string, Promise<void>>();
  /** By a step, what it has waited for. */
  const awaited = new Map(steps.map(({ id, after }) => [id, new Set(after)]));
  let over = 0;
  let firstFailure: unknown;

  const report = (step: Pick<Step, 'id' | 'title'>, state: Progress['state'], more: object = {}): void =>
    run.report({ step: step.id, title: step.title, state, finished: over, total: steps.length, ...more });
  const done = (id: string): Promise<void> => {
    const promise = finished.get(id);
    if (!promise) throw new AppError('bug', `There is no step "${id}".`);
    return promise;
  };

  const runOne = async (step: Step): Promise<void> => {
    await Promise.all(step.after.map(done));
    signal.throwIfAborted();
    begun.push(step);
    const start = clock.now();
    report(step, 'running');
    try {
      const tell: StepContext['tell'] = (line, waits) => {
        if (!signal.aborted) report(step, 'running', { detail: line, ...(waits ? { waits } : {}) });
      };
      const awaits = (id: string): Promise<void> => {
        awaited.get(step.id)?.add(id);
        return done(id);
      };
      const outcome = await step.run({ signal, done: awaits, tell });
      const isShort = typeof outcome === 'object';
      const detail = isShort ? outcome.short : outcome;
      over++;
      report(step, isShort ? 'short' : 'done', { duration: clock.now() - start, ...(detail ? { detail } : {}) });
    } catch (error) {
      if (firstFailure === undefined) {
        firstFailure = run.signal.aborted ? run.signal.reason : error;
        if (!run.signal.aborted)
          report(step, 'failed', { duration: clock.now() - start, detail: toAppError(error).message });
        cancel.abort(error);
      }
      throw error;
    }
  };

  // Started in a later turn, so that every step is known by the time the first asks for another.
  const ready = Promise.resolve();
  for (const step of steps) {
    const promise = ready.then(() => runOne(step));
    promise.catch(() => undefined);
    finished.set(step.id, promise);
  }
  await Promise.allSettled(finished.values());
  if (firstFailure === undefined && run.signal.aborted) firstFailure = run.signal.reason;
  if (firstFailure === undefined) return;

  const left: string[] = [];
  const ids = new Set(begun.map(({ id }) => id));
  for (const farewell of farewells.filter((each) => each.isDue(ids))) {
    const start = clock.now();
    report(farewell, 'running');
    try {
      const detail = await farewell.run({ tell: (line) => report(farewell, 'running', { detail: line }) });
      report(farewell, 'done', { duration: clock.now() - start, ...(detail ? { detail } : {}) });
    } catch (error) {
      left.push(`${farewell.title}: ${toAppError(error).message}`);
      report(farewell, 'kept', { detail: toAppError(error).message });
    }
  }
  for (const step of undoOrder(begun, awaited)) {
    if (!step.undo) continue;
    try {
      const kept = await step.undo(AbortSignal.timeout(undoTimeoutMs));
      if (kept) left.push(kept);
      report(step, kept ? 'kept' : 'undone', kept ? { detail: kept } : {});
    } catch (error) {
      left.push(`${step.title}: could not be undone (${toAppError(error).message})`);
      report(step, 'kept', { detail: toAppError(error).message });
    }
  }
  throw withLeftovers(firstFailure, left);
}

function undoOrder(begun: readonly Step[], awaited: ReadonlyMap<string, ReadonlySet<string>>): readonly Step[] {
  const order: Step[] = [];
  for (let left = begun.toReversed(); left.length > 0; left = left.filter((each) => !order.includes(each))) {
    const isFree = ({ id }: Step): boolean => !left.some((other) => awaited.get(other.id)?.has(id));
    const next = left.find(isFree);
    // Those that waited for each other have no order.
    order.push(...(next ? [next] : left));
  }
  return order;
}

function verifyOrder(steps: readonly Step[]): void {
  const ids = new Set(steps.map(({ id }) => id));
  const unknown = steps.flatMap(allBefore).find((id) => !ids.has(id));
  if (unknown !== undefined) throw new AppError('bug', `There is no step "${unknown}".`);
  const stuck = waitingForEachOther(steps);
  if (stuck.length > 0) throw new AppError('bug', `The steps ${stuck.join(', ')} wait for each other.`);
}

function allBefore({ after, sometimesAfter = [] }: Step): readonly string[] {
  return [...after, ...sometimesAfter];
}

/** What no order can run: it would wait without end. */
function waitingForEachOther(steps: readonly Step[]): readonly string[] {
  let open = steps;
  for (;;) {
    const next = open.filter((each) => allBefore(each).some((id) => open.some((step) => step.id === id)));
    if (next.length === open.length) return next.map(({ id }) => id);
    open = next;
  }
}

function withLeftovers(failure: unknown, left: readonly string[]): unknown {
  if (left.length === 0) return failure;
  const told = `Left behind: ${left.join('; ')}`;
  if (isAbort(failure)) {
    return new AppError('failed', `Cancelled, but not everything could be taken back. ${told}`, { cause: failure });
  }
  const error = toAppError(failure);
  return new AppError(error.code, error.message, {
    explanation: [error.explanation, told].filter(Boolean).join('\n'),
    ...(error.remedy ? { remedy: error.remedy } : {}),
    losses: error.losses,
    ...(error.found ? { found: error.found } : {}),
    cause: error,
  });
}

/**
 * The steps as a plan, to be shown before anything is done: all that a step may wait for. Of what a step stands after, what is implied by another of these is
 * left out: people read it.
 */
export function planOf(steps: readonly Step[]): { id: string; title: string; after: readonly string[] }[] {
  verifyOrder(steps);
  const after = new Map(steps.map((step) => [step.id, allBefore(step)]));
  const isBelow = (one: string, other: string): boolean =>
    (after.get(one) ?? []).some((each) => each === other || isBelow(each, other));
  return steps.map((step) => ({
    id: step.id,
    title: step.title,
    after: allBefore(step).filter((each) => !allBefore(step).some((other) => isBelow(other, each))),
  }));
}
