import { describe, expect, it } from 'vitest';
import { ownBranch } from '../../../../src/core/worktrees/ownBranch';

const made = { createdBranch: true, ref: 'refs/heads/topic' };

describe('the branch that goes with a worktree', () => {
  it('is the one that Coppice made for it', () => {
    expect(ownBranch({ branch: 'topic' }, made)).toBe('topic');
  });

  it.each([
    ['one that was there before', { branch: 'topic' }, { ...made, createdBranch: false }],
    ['one that was checked out since', { branch: 'release' }, made],
    ['none while HEAD is detached', { branch: undefined }, made],
    ['none without a record', { branch: 'topic' }, undefined],
  ])('is not %s', (_name, worktree, identity) => {
    expect(ownBranch(worktree, identity)).toBeUndefined();
  });
});
