import { expect, it } from 'vitest';
import { countedAsUse } from '../../../../src/app/cleanup/countedAsUse';
import { keepUsed } from '../../../../src/app/cleanup/keepUsed';
import { AppError } from '../../../../src/core/errors';
import { CollectWorld } from '../../../support/collectWorld';
import { anEntry } from '../../ui/builders';

const signal = new AbortController().signal;
const run = { signal, report: () => undefined };
const { path } = anEntry().worktree;

it('takes notice back before it is done, however late', async () => {
  const world = new CollectWorld();
  await world.collect();
  await world.pass(23);
  const seen: unknown[] = [];
  const wake = countedAsUse(keepUsed(world.ports), async () => {
    seen.push((await world.memory()).notices);
    return 'woken';
  });
  expect(await wake({ path }, run)).toBe('woken');
  expect(seen).toEqual([[]]);
  await world.pass(23);
  expect(world.deletes).toEqual([]);
});

it('is done all the same where that cannot be written down, and not where it is cancelled', async () => {
  const failing = async (): Promise<never> => {
    throw new AppError('notFound', 'It has no environment.');
  };
  const done = async () => 'done';
  expect(await countedAsUse(failing, done)({ path }, run)).toBe('done');
  const cancelled = AbortSignal.abort();
  const keep = async (): Promise<void> => cancelled.throwIfAborted();
  await expect(countedAsUse(keep, done)({ path }, { ...run, signal: cancelled })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
