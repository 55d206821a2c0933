import { expect, test } from 'vitest';
import { toSnapshot } from '../../../src/app/toSnapshot';
import type { EnvironmentFacts } from '../../../src/core/facts';
import type { Repository } from '../../../src/core/model';

const now = Date.parse('2026-01-01T12:00:00Z');
const repository: Repository = { id: 'abc', name: 'r', root: '/r', commonDir: '/r/.git', defaultBranch: 'main' };
const deployment = {
  service: 'web',
  desired: 1,
  ready: 1,
  updated: 1,
  available: 1,
  isObserved: true,
  problem: undefined,
};

function unclaimed(claimedAt: string | undefined, more: Partial<EnvironmentFacts> = {}): string[] {
  const environment: EnvironmentFacts = {
    repositoryId: 'abc',
    worktreeId: 'def',
    namespace: 'worktree-x',
    terminating: false,
    terminatingReason: undefined,
    annotations: claimedAt === undefined ? {} : { 'claimed-at': claimedAt },
    deployments: [],
    pods: [],
    ingresses: [],
    ...more,
  };
  return toSnapshot({
    repository,
    hasEnvironmentFile: true,
    worktrees: [],
    statuses: new Map(),
    environments: [environment],
    cluster: { state: 'online' },
    clusterIdentity: { kind: 'embedded' },
    now,
  }).orphans.map(({ isBeingCreated }) => (isBeingCreated ? 'creating' : 'orphan'));
}

test('an environment that was claimed just now is told to be under way', () => {
  expect(unclaimed('2026-01-01T11:59:00Z')).toEqual(['creating']);
});

test('one that a create left long ago is, and so is one that has services, is going away, or was never dated', () => {
  expect(unclaimed('2026-01-01T11:30:00Z')).toEqual(['orphan']);
  expect(unclaimed('2026-01-01T11:59:00Z', { deployments: [deployment] })).toEqual(['orphan']);
  expect(unclaimed('2026-01-01T11:59:00Z', { terminating: true })).toEqual(['orphan']);
  expect(unclaimed(undefined)).toEqual(['orphan']);
});
