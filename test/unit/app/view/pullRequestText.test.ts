import { expect, it } from 'vitest';
import { pullRequestSigns, pullRequestWords } from '../../../../src/app/view/pullRequestText';
import type { PullRequest } from '../../../../src/core/ports/pullRequests';

const request = (checks: Partial<PullRequest['checks']> = {}, isDraft = false): PullRequest => ({
  ...{ number: 12, url: 'https://github.com/o/r/pull/12', isDraft },
  checks: { passed: 0, pending: 0, failed: [], ...checks },
});

it.each([
  [request(), '#12', 'pull request 12'],
  [request({}, true), '#12 draft', 'draft pull request 12'],
  [request({ passed: 3 }), '#12 ✓', 'pull request 12, 3 checks passed'],
  [request({ passed: 3, pending: 1 }), '#12 …', 'pull request 12, 1 check not at the end'],
  [request({ passed: 3, pending: 1, failed: ['lint'] }), '#12 ✗', 'pull request 12, 1 check failed'],
])('%j', (one, signs, words) => {
  expect(pullRequestSigns(one)).toBe(signs);
  expect(pullRequestWords(one)).toBe(words);
});
