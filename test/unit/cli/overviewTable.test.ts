import { expect, it } from 'vitest';
import { overviewRows } from '../../../src/app/view/overviewRow';
import { overviewTable, sparkText } from '../../../src/cli/overviewTable';
import { anEntry, aSnapshot, aWorktree, soonAfter } from '../ui/builders';

it('draws an hour in twelve signs, with a space where nobody knows', () => {
  const minutes = (value: number | undefined) => Array<number | undefined>(5).fill(value);
  expect(sparkText([0, 0.1, 4, 8, undefined].flatMap(minutes))).toBe('▁▂▅█ ');
  // One of five is enough to know something.
  expect(sparkText([2, ...Array<undefined>(4).fill(undefined), ...minutes(2)])).toBe('██');
  expect(sparkText(minutes(0))).toBe('▁');
  expect(sparkText(minutes(undefined))).toBe('-');
});

it('has a column of disks only where they were looked for, no foreign signs, and says why something is not known', () => {
  const entry = anEntry({ worktree: aWorktree({ branch: 'bad\u001b[2J' }) });
  const snapshot = aSnapshot({ entries: [entry] });
  const missing = { requests: 'no gateway' };
  const facts = { now: soonAfter, loads: { at: 0, environments: new Map(), missing } };
  const [header, row, ...notes] = overviewTable(overviewRows(snapshot, facts), facts, () => [], 'away').split('\n');
  expect(header).not.toContain('DISK');
  expect(row).toMatch(/^bad +Healthy 1\/1 +- +- +- /);
  expect(notes).toEqual(['away', 'no gateway']);
  const sizes = new Map([[entry.worktree.path, { bytes: 5 * 2 ** 20, isCut: false }]]);
  const withDisk = { ...facts, sizes };
  expect(overviewTable(overviewRows(snapshot, withDisk), withDisk, () => [], '')).toMatch(/ DISK +.*\n.* 5 MiB /);
});
