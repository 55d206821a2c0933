import { expect, it } from 'vitest';
import { migrationLines, migrationWords } from '../../../../src/app/view/migrationView';
import type { MigrationStatus } from '../../../../src/core/migrations/compareMigrations';

const status = (more: Partial<MigrationStatus>): MigrationStatus => ({
  ...{ tool: 'Knex', folder: 'migrations', state: 'upToDate' },
  ...{ behind: [], older: [], ahead: [], unfinished: [], notes: [] },
  ...more,
});

it.each<[words: string, Partial<MigrationStatus>]>([
  ['up to date', {}],
  ['2 behind', { state: 'behind', behind: ['a', 'b'] }],
  ['1 ahead', { state: 'ahead', ahead: ['a'] }],
  ['diverged, 2 behind, 1 of them older', { state: 'diverged', behind: ['a', 'b'], older: ['a'] }],
  ['diverged, 1 behind, 1 ahead', { state: 'diverged', behind: ['a'], ahead: ['b'] }],
  ['1 unfinished migration', { state: 'unfinished', unfinished: ['a'] }],
  ['locked, 1 behind', { state: 'locked', behind: ['a'] }],
  ['not known', { state: 'unknown', notes: ['Why.'] }],
])('%s', (words, more) => {
  expect(migrationWords(status(more))).toBe(words);
});

it('says which, and what the tool does about it', () => {
  const names = ['1', '2', '3', '4', '5', '6', '7'];
  const told = status({ state: 'diverged', behind: names, ahead: ['x'], notes: ['Knex refuses it.'] });
  expect(migrationLines({ database: 'wt_x', migrations: [told, status({ tool: 'Django', folder: '' })] })).toEqual([
    'wt_x: Knex in migrations: diverged, 7 behind, 1 ahead',
    '  lacks: 1, 2, 3, 4, 5, and 2 more',
    '  has, and the branch lacks: x',
    '  Knex refuses it.',
    'wt_x: Django: up to date',
  ]);
});

it('says where no tool is known', () => {
  expect(migrationLines({ database: 'wt_x', migrations: [] })).toEqual([
    'wt_x: no migrations of a tool that Coppice knows are in this worktree, nor in its database.',
  ]);
});
