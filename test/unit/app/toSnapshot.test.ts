import { expect, test } from 'vitest';
import { toSnapshot } from '../../../src/app/snapshot/toSnapshot';
import type { EnvironmentFacts } from '../../../src/core/facts';
import { anIdentity, aWorktree } from '../ui/builders';
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

/** A worktree at `path` whose services run in `folder`. */
function movedFrom(path: string, folder: string, more: Partial<EnvironmentFacts> = {}, alias?: string) {
  const identity = anIdentity({ owner: { repositoryId: repository.id, worktreeId: 'bbbbbbbbbbbb' } });
  const environment: EnvironmentFacts = {
    ...{ ...identity.owner, namespace: identity.names.namespace, terminating: false, terminatingReason: undefined },
    ...{ annotations: { folder }, deployments: [deployment], pods: [], ingresses: [] },
    ...more,
  };
  return toSnapshot({
    repository,
    hasEnvironmentFile: true,
    worktrees: [{ worktree: aWorktree({ path }), identity, problem: undefined }],
    statuses: new Map(),
    environments: [environment],
    cluster: { state: 'online' },
    clusterIdentity: { kind: 'embedded' },
    isSameFolder: (one, other) => one === alias || other === alias,
    now,
  }).entries[0]?.movedFrom;
}

test('a worktree whose services run in another folder was moved', () => {
  expect(movedFrom('/new/x', '/old/x')).toBe('/old/x');
  expect(movedFrom('/old/x', '/old/x')).toBeUndefined();
});

test('another name of the same folder, a folder that nobody wrote down, and an environment that goes are no move', () => {
  expect(movedFrom('/private/x', '/x', {}, '/x')).toBeUndefined();
  expect(movedFrom('/new/x', '')).toBeUndefined();
  expect(movedFrom('/new/x', '/old/x', { annotations: {} })).toBeUndefined();
  expect(movedFrom('/new/x', '/old/x', { terminating: true })).toBeUndefined();
});

test('that a cluster is outdated is said while it is online', () => {
  const parts = { repository, hasEnvironmentFile: true, worktrees: [], statuses: new Map<string, never>(), now };
  const outdated = { running: '0.1.0', own: '0.2.0' };
  const more = { ...parts, environments: [], clusterIdentity: undefined, outdatedCluster: outdated };
  expect(toSnapshot({ ...more, cluster: { state: 'online' } }).outdatedCluster).toEqual(outdated);
  expect(toSnapshot({ ...more, cluster: { state: 'connecting' } })).not.toHaveProperty('outdatedCluster');
});
