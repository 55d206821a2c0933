import { expect, it } from 'vitest';
import { failingOf, failingSentence } from '../../../../src/app/view/failing';
import type { Snapshot } from '../../../../src/core/model';
import { anEntry, anEnvironment, aSnapshot, bareMain, offline } from '../../ui/builders';

const failing = anEntry({ environment: anEnvironment({ health: 'degraded' }) });
const resting = anEntry({ environment: anEnvironment({ health: 'asleep' }) });
const of = (change: Partial<Snapshot>) => failingSentence(failingOf(aSnapshot(change)));

it('counts what fails among what has an environment', () => {
  expect(failingOf(aSnapshot({ entries: [bareMain, failing, resting, anEntry()] }))).toEqual({
    failing: [failing],
    of: 3,
  });
  expect(of({ entries: [bareMain, failing] })).toBe('1 of 1 environment is failing');
  expect(of({ entries: [failing, failing, resting] })).toBe('2 of 3 environments are failing');
});

it('counts nothing that is only the last known', () => {
  expect(failingOf(aSnapshot({ entries: [failing], cluster: offline })).failing).toEqual([]);
});
