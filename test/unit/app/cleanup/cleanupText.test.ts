import { describe, expect, it } from 'vitest';
import type { CleanupRow, Protection } from '../../../../src/app/cleanup/cleanupRow';
import { ageText, protectionText, sizeText, verdictText } from '../../../../src/app/cleanup/cleanupText';

const hour = 3600_000;
const day = 24 * hour;

describe('what is said of a cleanup', () => {
  it.each<[Protection, string]>([
    [{ kind: 'main' }, 'the main worktree'],
    [{ kind: 'here' }, 'this worktree'],
    [{ kind: 'program', programs: [{ pid: 7, name: 'claude' }] }, 'claude (process 7) works in it'],
    [
      {
        kind: 'program',
        programs: [
          { pid: 7, name: 'sh' },
          { pid: 8, name: 'vi' },
        ],
      },
      'sh (process 7) and 1 more work in it',
    ],
    [{ kind: 'loss', loss: { kind: 'untracked', count: 2, examples: ['a', 'b'] } }, '2 untracked files (a, b)'],
    [{ kind: 'local', by: 'other' }, 'its commits are only here, on other'],
  ])('names %j', (protection, text) => {
    expect(protectionText(protection)).toBe(text);
  });

  const row = (change: Partial<CleanupRow>) =>
    ({
      branch: { kind: 'merged', rule: 'ancestor', into: 'main' },
      usedAt: 0,
      protections: [],
      untold: [],
      isProposed: true,
      ...change,
    }) as CleanupRow;

  it.each<[Partial<CleanupRow>, string]>([
    [{}, 'goes: merged into main (no commits of its own), unused for 9 days'],
    [
      { untold: ['database'], usedAt: undefined },
      'goes: merged into main (no commits of its own), what was written to its database is looked for first',
    ],
    [{ isProposed: false }, 'stays: used within 7 days'],
    [{ protections: [{ kind: 'here' }, { kind: 'main' }] }, 'stays: this worktree, the main worktree'],
    [{ usedAt: undefined, isProposed: false }, 'stays: its last use is not known'],
  ])('says of %j why', (change, text) => {
    expect(verdictText(row(change), 7, 9 * day)).toBe(text);
  });

  it.each([
    [-5 * hour, '0 hours'],
    [hour - 1, '0 hours'],
    [hour, '1 hour'],
    [day - 1, '23 hours'],
    [day, '1 day'],
    [400 * day, '400 days'],
  ])('tells %d ms as an age', (ms, text) => {
    expect(ageText(ms)).toBe(text);
  });

  it.each([
    [{ bytes: 0, isCut: false }, '0 B'],
    [{ bytes: 1023, isCut: false }, '1023 B'],
    [{ bytes: 1024, isCut: false }, '1.0 KiB'],
    [{ bytes: 1.5 * 1024 ** 3, isCut: true }, '> 1.5 GiB'],
    [{ bytes: 5000 * 1024 ** 4, isCut: false }, '5000.0 TiB'],
  ])('tells %j as a size', (size, text) => {
    expect(sizeText(size)).toBe(text);
  });
});
