import { describe, expect, it, test } from 'vitest';
import { environmentParts } from '../../../../src/app/environment/parts/environmentParts';
import { toSnapshot } from '../../../../src/app/snapshot/toSnapshot';
import type { EnvironmentFacts } from '../../../../src/core/facts';
import { anIdentity, aService, aWorktree } from '../../ui/builders';
import type { CleanupNotice } from '../../../../src/core/ports/cleanupNotices';
import type { Environment, Repository, Worktree } from '../../../../src/core/model';

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
    consistsOf: environmentParts,
    environments: [environment],
    cluster: { state: 'online' },
    clusterIdentity: { kind: 'embedded' },
    now,
  }).orphans.map(({ isBeingCreated }) => (isBeingCreated ? 'creating' : 'orphan'));
}

test('an environment that was claimed just now is told to be under way', () => {
  expect(unclaimed('2026-01-01T11:59:00Z')).toEqual(['creating']);
  const held = { ...deployment, isHeld: true };
  expect(unclaimed('2026-01-01T11:59:00Z', { deployments: [held, held] })).toEqual(['creating']);
  expect(unclaimed('2026-01-01T11:30:00Z', { deployments: [held, held] })).toEqual(['orphan']);
  expect(unclaimed('2026-01-01T11:59:00Z', { deployments: [held, deployment] })).toEqual(['orphan']);
});

test('one that a create left long ago is, and so is one that has services, is going away, or was never dated', () => {
  expect(unclaimed('2026-01-01T11:30:00Z')).toEqual(['orphan']);
  expect(unclaimed('2026-01-01T11:59:00Z', { deployments: [deployment] })).toEqual(['orphan']);
  expect(unclaimed('2026-01-01T11:59:00Z', { terminating: true })).toEqual(['orphan']);
  expect(unclaimed(undefined)).toEqual(['orphan']);
});

/** A worktree at `path` whose services run in `folder`. */
function entryOf(
  path: string,
  folder: string,
  more: Partial<EnvironmentFacts> = {},
  also: Partial<Parameters<typeof toSnapshot>[0]> = {},
  worktree: Partial<Worktree> = {},
) {
  const identity = anIdentity({ owner: { repositoryId: repository.id, worktreeId: 'bbbbbbbbbbbb' } });
  const environment: EnvironmentFacts = {
    ...{ ...identity.owner, namespace: identity.names.namespace, terminating: false, terminatingReason: undefined },
    ...{ annotations: { folder }, deployments: [deployment], pods: [], ingresses: [] },
    ...more,
  };
  return toSnapshot({
    repository,
    hasEnvironmentFile: true,
    worktrees: [{ worktree: aWorktree({ path, ...worktree }), identity, problem: undefined }],
    statuses: new Map(),
    consistsOf: environmentParts,
    environments: [environment],
    cluster: { state: 'online' },
    clusterIdentity: { kind: 'embedded' },
    now,
    ...also,
  }).entries[0];
}

function movedFrom(path: string, folder: string, more: Partial<EnvironmentFacts> = {}, alias?: string) {
  return entryOf(path, folder, more, { isSameFolder: (one, other) => one === alias || other === alias })?.movedFrom;
}

test('why one waits for room is told by who waits on this machine, else by its cluster', () => {
  const annotations = { folder: '/x', waits: 'waits to start, because of a request' };
  expect(entryOf('/x', '/x')?.waits).toBeUndefined();
  expect(entryOf('/x', '/x', { annotations })?.waits).toBe('waits to start, because of a request');
  const waits = new Map([['/x', 'waits to start, because of a create']]);
  expect(entryOf('/x', '/x', { annotations }, { waits })?.waits).toBe('waits to start, because of a create');
});

test('what goes by itself is told of the worktree that notice was given of, and of no other in its place', () => {
  const { gitDir, branch = '', head } = aWorktree();
  const notice: CleanupNotice = {
    ...{ worktreeId: 'bbbbbbbbbbbb', what: 'environment', gitDir, branch, head, usedAt: 0, givenAt: 0 },
    stood: 3600_000,
  };
  const goes = (change: Partial<CleanupNotice> = {}, worktree?: Partial<Worktree>) =>
    entryOf('/x', '/x', {}, { notices: { lookedAt: now, notices: [{ ...notice, ...change }], usedAt: {} } }, worktree)
      ?.goes;
  expect(goes()).toEqual({ what: 'environment', after: now + 23 * 3600_000 });
  expect([goes({ worktreeId: 'cccccccccccc' }), goes({ gitDir: '/other' })]).toEqual([undefined, undefined]);
  // It would not go now, though nobody has looked since.
  expect([goes({}, { head: 'b' }), goes({}, { branch: 'other' }), goes({}, { locked: '' })]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
});

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
  const parts = {
    repository,
    hasEnvironmentFile: true,
    worktrees: [],
    statuses: new Map<string, never>(),
    consistsOf: environmentParts,
    now,
  };
  const outdated = { running: '0.1.0', own: '0.2.0' };
  const more = { ...parts, environments: [], clusterIdentity: undefined, outdatedCluster: outdated };
  expect(toSnapshot({ ...more, cluster: { state: 'online' } }).outdatedCluster).toEqual(outdated);
  expect(toSnapshot({ ...more, cluster: { state: 'connecting' } })).not.toHaveProperty('outdatedCluster');
});

describe('what is under way, and what was cut off', () => {
  const owner = { repositoryId: repository.id, worktreeId: 'bbbbbbbbbbbb' };
  const identity = anIdentity({ owner, createdAt: '2026-01-01T11:00:00Z' });
  const { namespace } = identity.names;
  const facts = (claimedAt: string, deployments: EnvironmentFacts['deployments']): EnvironmentFacts => ({
    ...owner,
    ...{ namespace, terminating: false, terminatingReason: undefined },
    ...{ annotations: { folder: '/r/x', 'claimed-at': claimedAt }, deployments, pods: [], ingresses: [] },
  });
  const begun = { ...identity, state: 'creating' } as const;
  const aside = { prunable: 'its folder is not there', setAside: '/r/.git/coppice-trash/1' };
  const first = facts('2026-01-01T11:00:00Z', [deployment]);
  const again = facts('2026-01-01T11:30:00Z', [deployment]);

  it.each([
    ['nothing', {}, identity, [again], true, undefined],
    ['nothing', {}, undefined, [], false, undefined],
    ['creating', {}, begun, [], true, 'creating'],
    ['creating', {}, begun, [first], true, 'creating'],
    ['creating', {}, begun, [facts('2026-01-01T11:30:00Z', [])], true, 'creating'],
    ['updating', {}, begun, [again], true, 'updating'],
    ['a create that was cut off', {}, begun, [], false, 'createCutOff'],
    ['a create that was cut off', {}, begun, [again], false, 'createCutOff'],
    ['the checkout', { beingMade: '0123456789ab' }, undefined, [], false, 'creating'],
    ['a cut off checkout', { beingMade: '0123456789ab', isMakerGone: true }, undefined, [], false, 'createCutOff'],
    ['deleting', aside, identity, [again], true, 'deleting'],
    ['a delete that was cut off', aside, identity, [], false, 'deleteCutOff'],
    ['a delete that was cut off', aside, undefined, [], false, 'deleteCutOff'],
    ['deleting', { prunable: 'gone' }, identity, [], true, 'deleting'],
    ['a folder that is gone', { prunable: 'gone' }, identity, [], false, undefined],
  ] as const)('%s: %j', (_, worktree, record, environments, isAtWork, work) => {
    const path = '/r/x';
    const snapshot = toSnapshot({
      repository,
      hasEnvironmentFile: true,
      worktrees: [{ worktree: aWorktree({ path, ...worktree }), identity: record, problem: undefined }],
      statuses: new Map(),
      consistsOf: environmentParts,
      environments,
      cluster: { state: 'online' },
      clusterIdentity: { kind: 'embedded' },
      atWork: new Set(isAtWork ? [path] : []),
      now,
    });
    expect(snapshot.entries[0]?.work).toBe(work);
  });
});

test('workflows in infra’s Temporal have their page where infra’s ingress has it; others have their own', () => {
  const annotations = { 'temporal-namespace': 'worktree-x' };
  const infra = {
    ...{
      namespace: 'infra',
      health: 'healthy',
      services: [aService({ name: 'temporal-ui', urls: ['http://t.localhost/'] })],
    },
  } as unknown as Environment;
  const pageOf = (page: object, more: object) => {
    const temporal = new Map([['worktree-x', { state: 'told', running: 0, failed: 0, ...page } as const]]);
    const environment = entryOf('/w', '/w', { annotations }, { temporal, ...more })?.environment;
    return environment?.temporal;
  };
  const at = { page: 'http://t.localhost/namespaces/worktree-x/workflows' };
  expect(pageOf({}, { infra })).toMatchObject(at);
  expect(pageOf({}, {})).not.toHaveProperty('page');
  expect(pageOf({ page: 'http://127.0.0.1:8233/x' }, { infra })).toMatchObject({ page: 'http://127.0.0.1:8233/x' });
});
