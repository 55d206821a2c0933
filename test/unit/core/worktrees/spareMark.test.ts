import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { slugCandidates } from '../../../../src/core/naming';
import { parseSpareMark, spareMark, spareSlug } from '../../../../src/core/worktrees/spareMark';

const mark = { id: '0123456789ab', commit: 'c'.repeat(40) };

it('a reason says which spare it is, and at which commit it was left', () => {
  expect(parseSpareMark(spareMark(mark))).toEqual(mark);
  expect(parseSpareMark(`${spareMark({ ...mark, commit: 'd'.repeat(64) })}\n`)?.commit).toBe('d'.repeat(64));
});

it.each([
  undefined,
  '',
  'on a stick',
  `${spareMark(mark)} more`,
  spareMark({ ...mark, id: 'X' }),
  `x ${spareMark(mark)}`,
])('that of somebody else is none: %s', (reason) => {
  expect(parseSpareMark(reason)).toBeUndefined();
});

it('no branch has a worktree that is called as a spare', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  for (const branch of ['_spare-1', 'spare-1', '-spare-1', '_spare_1', '_spare/1']) {
    const candidates = slugCandidates('r', `refs/heads/${branch}`, sha256);
    const slugs = Array.from({ length: 5 }, () => candidates.next().value);
    expect(slugs).not.toContain(spareSlug(1));
    for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9-]+$/);
  }
});
