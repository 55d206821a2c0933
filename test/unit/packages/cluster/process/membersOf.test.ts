import { describe, expect, it } from 'vitest';
import { membersOf, type RunIdentity } from '../../../../../packages/cluster/src/process/membersOf';
import type { SeenProcess } from '../../../../../packages/cluster/src/process/seenProcess';

const run = '4611686018427387905';
const other = '4611686018427387906';
const identity: RunIdentity = { leader: 100, leaderStart: '5', run, known: new Map() };

const seen = (pid: number, more: Partial<SeenProcess> = {}): SeenProcess => ({
  pid,
  parent: 1,
  group: pid,
  session: pid,
  hasTerminal: false,
  start: '9',
  run: undefined,
  ...more,
});
const leader = seen(100, { start: '5', run });
const pids = (all: readonly SeenProcess[], more: Partial<RunIdentity> = {}): number[] =>
  membersOf({ ...identity, ...more }, all).map(({ pid }) => pid);

it.each<[string, SeenProcess[], number[]]>([
  ['of its group', [leader, seen(101, { group: 100 })], [100, 101]],
  ['of its session', [leader, seen(101, { session: 100 })], [100, 101]],
  ['with its number, wherever it is', [leader, seen(101, { run })], [100, 101]],
  ['that descends from it', [leader, seen(101, { parent: 100 }), seen(102, { parent: 101 })], [100, 101, 102]],
  ['that descends from one with its number', [seen(101, { run }), seen(102, { parent: 101 })], [101, 102]],
  ['with its number, after its first process is gone', [seen(101, { run })], [101]],
  ['of its group, after its first process is gone', [seen(101, { group: 100 })], [101]],
])('a process %s is a member', (_, all, expected) => {
  expect(pids(all)).toEqual(expected);
});

describe('nobody else is', () => {
  it.each<[string, SeenProcess[], number[]]>([
    ['a stranger', [leader, seen(101)], [100]],
    ['one of another run', [leader, seen(101, { run: other })], [100]],
    ['one of another run below it', [leader, seen(101, { parent: 100, run: other })], [100]],
    ['the group of a stranger that got the number', [seen(100), seen(101, { group: 100 })], []],
    [
      'one with a terminal of its own, and what runs there',
      [leader, seen(101, { run, hasTerminal: true }), seen(102, { parent: 101, run, hasTerminal: true })],
      [100],
    ],
  ])('%s', (_, all, expected) => {
    expect(pids(all)).toEqual(expected);
  });
});

it('who was a member once stays one, and nobody who got its number since', () => {
  const known = new Map([
    [101, '9'],
    [102, '7'],
  ]);
  expect(pids([seen(101), seen(102)], { known })).toEqual([101]);
});

it('on Windows the tree is found after its root is gone, and no younger parent is believed', () => {
  const windows = { group: undefined, session: undefined };
  const all = [
    seen(101, { ...windows, parent: 100, start: '6' }),
    seen(102, { ...windows, parent: 101, start: '8' }),
    seen(103, { ...windows, parent: 100, start: '4' }),
  ];
  expect(pids(all)).toEqual([101, 102]);
  // Also where the first process ended before it was seen.
  expect(pids(all, { leaderStart: undefined, notBefore: '5' })).toEqual([101, 102]);
});
