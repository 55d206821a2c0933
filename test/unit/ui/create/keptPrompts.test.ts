import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepPrompt, keptPrompt } from '../../../../src/ui/create/keptPrompts';
import { aMemento } from '../../../support/aMemento';
import { aSnapshot } from '../builders';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const repository = (id: string) => {
  const { repository: known } = aSnapshot();
  if (!known) throw new Error('the builder has no repository');
  return aSnapshot({ repository: { ...known, id } });
};

it('a prompt is kept for its branch and repository, until another is typed or it is taken', async () => {
  const remembered = aMemento();
  const [one, other] = ['a', 'b'].map((id) => ({ remembered, snapshot: repository(id) }));
  if (!one || !other) throw new Error('there are two');
  await keepPrompt(one, 'x', 'first');
  await keepPrompt(one, 'x', 'second');
  await keepPrompt(one, '__proto__', 'third');
  await keepPrompt(other, 'x', undefined);
  expect([keptPrompt(one, 'x'), keptPrompt(one, '__proto__')]).toEqual(['second', 'third']);
  expect([keptPrompt(other, 'x'), keptPrompt(one, 'y'), keptPrompt(one, 'constructor')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  await keepPrompt(one, 'x', undefined);
  expect([keptPrompt(one, 'x'), keptPrompt(one, '__proto__')]).toEqual([undefined, 'third']);
});

it('a prompt is kept for an hour', async () => {
  const context = { remembered: aMemento(), snapshot: repository('a') };
  await keepPrompt(context, 'x', 'first');
  vi.advanceTimersByTime(59 * 60_000);
  expect(keptPrompt(context, 'x')).toBe('first');
  vi.advanceTimersByTime(2 * 60_000);
  expect(keptPrompt(context, 'x')).toBeUndefined();
});

it('a prompt that is offered no more is left nowhere, whether or not another is typed', async () => {
  const context = { remembered: aMemento(), snapshot: repository('a') };
  await keepPrompt(context, 'x', 'with a secret');
  await vi.advanceTimersByTimeAsync(61 * 60_000);
  expect(context.remembered.get('agentPrompts')).toEqual({});
  // The window was closed meanwhile, and another asks.
  await context.remembered.update('agentPrompts', { 'a x': { prompt: 'with a secret', at: 0 } });
  await keepPrompt(context, 'y', undefined);
  expect(context.remembered.get('agentPrompts')).toEqual({});
});
