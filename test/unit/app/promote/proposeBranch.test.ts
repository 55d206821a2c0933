import { describe, expect, it } from 'vitest';
import { planProposal, proposalLine, proposeBranch, proposedText } from '../../../../src/app/promote/proposeBranch';
import type { Repository } from '../../../../src/core/model';
import type { MergeLook } from '../../../../src/core/ports/branchMerges';
import type { PullRequest } from '../../../../src/core/ports/pullRequests';
import { aWorktree } from '../../ui/builders';

const run = { signal: new AbortController().signal, report: () => undefined };
const repository: Repository = { id: 'a', name: 'repo', root: '/repo', commonDir: '/repo/.git', defaultBranch: 'main' };
const url = 'https://github.com/o/r/pull/7';
const open: PullRequest = { number: 7, url, isDraft: false, checks: { passed: 3, pending: 1, failed: ['lint'] } };
const look: MergeLook = {
  ...{ branch: 'one', base: 'main', tip: 'a'.repeat(40), from: 'b'.repeat(40), kind: 'merge', commits: 7, files: [] },
  ...{ subjects: ['It works', 'a'], isCut: false, conflicts: [], isUnrelated: false, forbiddenBy: undefined },
  ...{ needsWorktree: [], place: undefined },
  source: { worktree: aWorktree({ path: '/w/one' }), changed: 0, untracked: 0, operations: [] },
};

function world(existing?: PullRequest, owner?: string) {
  const done: unknown[] = [];
  const ports = {
    pushes: {
      remoteOf: async () => 'origin',
      ownerOf: async () => owner,
      push: async (...[, { folder, remote, branch, commit }]: [unknown, Record<string, string>]) =>
        void done.push([folder, remote, branch, commit]),
    },
    pullRequests: {
      find: async (folder: string) => (folder === '/w/one' ? existing : undefined),
      open: async (folder: string, request: object) => {
        done.push([folder, request]);
        return url;
      },
    },
  } as unknown as Parameters<typeof planProposal>[0];
  const plan = (of = look) => planProposal(ports, repository, of, run.signal);
  const propose = async (of = look) => proposeBranch(ports, repository, of, await plan(of), run);
  return { plan, propose, done };
}

describe('a branch that is proposed', () => {
  it('is pushed as it was looked at, and its pull request opened, with what its commits say', async () => {
    const { plan, propose, done } = world();
    expect(proposalLine(look, await plan())).toBe(
      'one is pushed to origin, and a pull request into main is opened. Nothing is merged here.',
    );
    expect(done).toEqual([]);
    expect(proposedText(look, await propose())).toBe(`The pull request of one into main is open: ${url}`);
    expect(done).toEqual([
      ['/w/one', 'origin', 'one', 'a'.repeat(40)],
      ['/w/one', { branch: 'one', base: 'main', title: 'one', body: '- It works\n- a\n- and 5 more commits' }],
    ]);
    const sole = world();
    await sole.propose({ ...look, commits: 1, source: undefined });
    expect(sole.done[1]).toEqual(['/repo', { branch: 'one', base: 'main', title: 'It works', body: '' }]);
  });

  it('is proposed from the account whose repository it is pushed to, where that is a fork', async () => {
    const { plan, propose, done } = world(undefined, 'me');
    expect(proposalLine(look, await plan())).toContain('and a pull request of me:one into main is opened');
    await propose();
    expect(done[1]).toMatchObject(['/w/one', { branch: 'one', owner: 'me' }]);
  });

  it('has the pull request that is open, with its checks, as after one that was cut off', async () => {
    const { plan, propose, done } = world(open);
    const checks = 'checks: 1 failed (lint), 1 pending, 3 passed';
    expect(proposalLine(look, await plan())).toContain(`the pull request ${url} has it then; ${checks}`);
    expect(proposedText(look, await propose())).toBe(`one is pushed: its pull request into main is ${url}, ${checks}.`);
    expect(done).toHaveLength(1);
  });

  it('is nothing where the base has all of it', async () => {
    const { propose, done } = world();
    await expect(propose({ ...look, kind: 'none' })).rejects.toMatchObject({ code: 'conflict' });
    expect(done).toEqual([]);
  });
});
