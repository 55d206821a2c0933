import { AppError } from '../../src/core/errors';
import type { CallHook } from './faultyPort';

/** The process is gone: nothing that it would do afterwards happens any more. */
export class Crash extends Error {}

/** Writes down every call. */
export function recorder(): CallHook & { readonly calls: string[] } {
  const calls: string[] = [];
  return { calls, before: (call) => void calls.push(call), after: () => undefined };
}

export type When = 'before' | 'after';

/** The call with this number fails once, without or after having taken effect. */
export function faultAt(number: number, when: When, act: () => void = fail): CallHook {
  let count = 0;
  let isDone = false;
  const doIt = (): void => {
    if (isDone) return;
    isDone = true;
    act();
  };
  return {
    before() {
      if (count++ === number && when === 'before') doIt();
    },
    // Calls overlap: the first that ends when this one has begun stands for it.
    after() {
      if (when === 'after' && count > number) doIt();
    },
  };
}

function fail(): void {
  throw new AppError('failed', 'Injected fault.');
}

/** The process dies at the call with this number. */
export function crashAt(number: number, when: When): CallHook & { readonly crashed: boolean } {
  let count = 0;
  let crashed = false;
  const die = (): never => {
    crashed = true;
    throw new Crash('The process died.');
  };
  return {
    get crashed() {
      return crashed;
    },
    before() {
      if (crashed || (count++ === number && when === 'before')) die();
    },
    after() {
      if (crashed || (count > number && when === 'after')) die();
    },
  };
}

/** From the call with this number on, every call of one port fails. */
export function outageAt(number: number, port: string): CallHook {
  let count = 0;
  return {
    before(call) {
      if (count++ >= number && call.startsWith(`${port}.`)) throw new AppError('unreachable', `No ${port} any more.`);
    },
    after: () => undefined,
  };
}
