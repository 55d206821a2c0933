import { describe, expect, it } from 'vitest';
import type { CleanupPorts, CleanupScope } from '../../../../src/app/cleanup/cleanupPorts';
import { cleanUp, type CleanUpRequest } from '../../../../src/app/cleanup/cleanUp';
import { cleanupListJson } from '../../../../src/app/cleanup/cleanupJson';
import { listCleanup, type CleanupList } from '../../../../src/app/cleanup/listCleanup';
import type { DeleteLook, LookAtDeleteRequest } from '../../../../src/app/environment/delete/lookAtDelete';
import type { DeleteRequest } from '../../../../src/app/environment/requests';
import type { Progress } from '../../../../src/app/run/run';
import { AppError } from '../../../../src/core/errors';
import type { Snapshot } from '../../../../src/core/model';
import { defaultSettings } from '../../../../src/core/settings';
import { FakeCleanupNotices } from '../../../support/fakes/fakeCleanupNotices';
import { fakePaths } from '../../../support/fakes/fakePaths';
import { anEntry, aSnapshot, aStatus, aWorktree, bareMain, offline } from '../../ui/builders';

const day = 24 * 3600_000;
const now = 100 * day;
const nothing: DeleteLook = { losses: [], refusal: undefined, asksForApproval: false, untold: [] };
const entry = anEntry();
const problem = new AppError('conflict', 'It is mounted.');

function world(change: Partial<CleanupPorts> = {}, snapshot: Partial<Snapshot> = {}) {
  const looks: LookAtDeleteRequest[] = [];
  const deletes: DeleteRequest[] = [];
  const reports: Progress[] = [];
  const ports: CleanupPorts = {
    readSnapshot: async () => aSnapshot(snapshot),
    worktrees: { lastChange: async () => now - 8 * day },
    facts: {
      size: async () => ({ bytes: 1, isCut: false }),
      times: async () => ({ madeAt: now - 9 * day, environmentAt: undefined, placedAt: undefined }),
      branchState: async () => ({ kind: 'merged', rule: 'ancestor', into: 'main' }),
    },
    programs: { in: async () => new Map() },
    visits: async () => undefined,
    usage: async () => new Map(),
    notices: new FakeCleanupNotices(),
    lookAtDelete: async () => async (request) => {
      looks.push(request);
      return nothing;
    },
    delete: async (request) => {
      deletes.push(request);
      return { environment: 'deleted', worktree: 'deleted', branch: 'deleted' };
    },
    paths: fakePaths,
    settings: () => defaultSettings,
    clock: { now: () => now },
    ...change,
  };
  const run = { signal: new AbortController().signal, report: (news: Progress) => void reports.push(news) };
  const scope: CleanupScope = { folder: '/repo', here: ['/repo/src'] };
  return {
    ...{ looks, deletes, reports },
    list: (days?: number): Promise<CleanupList> => listCleanup(ports)({ ...scope, days }, run),
    clean: (days?: number, more: Partial<CleanUpRequest> = {}) =>
      cleanUp(ports)({ ...scope, paths: [entry.worktree.path], days, ...more }, run),
  };
}

async function feature(change: Partial<CleanupPorts>, snapshot: Partial<Snapshot> = {}) {
  const { rows } = await world(change, snapshot).list();
  const row = rows.find(({ worktree }) => worktree.path === entry.worktree.path);
  if (!row) throw new Error('it is not listed');
  return row;
}

const fails = async (): Promise<never> => {
  throw new AppError('denied', 'It cannot be read.');
};
const facts = (change: Partial<CleanupPorts['facts']>): Partial<CleanupPorts> => ({
  facts: {
    size: async () => ({ bytes: 1, isCut: false }),
    times: async () => ({ madeAt: now - 9 * day, environmentAt: undefined, placedAt: undefined }),
    branchState: async () => ({ kind: 'merged', rule: 'ancestor', into: 'main' }),
    ...change,
  },
});

describe('what a cleanup proposes', () => {
  it('is what nothing protects and nobody used for as long as the setting says', async () => {
    const { list, looks, reports } = world();
    const { rows, days } = await list();
    expect(days).toBe(7);
    expect(rows.map(({ protections, isProposed }) => [protections.map(({ kind }) => kind), isProposed])).toEqual([
      [['main', 'here'], false],
      [[], true],
    ]);
    // The main worktree is never removed: nobody looks for what would be lost with it.
    expect(looks.map(({ path }) => path)).toEqual([entry.worktree.path]);
    expect(reports.map(({ finished, total }) => `${finished}/${total}`)).toEqual(['1/2', '2/2']);
    expect((await list(9)).rows[1]?.isProposed).toBe(false);
    expect(JSON.stringify(cleanupListJson(await list()))).toContain('"proposed":true');
  });

  it.each<[string, Partial<CleanupPorts>, Partial<Snapshot>]>([
    ['a file', { worktrees: { lastChange: async () => now - day } }, {}],
    [
      'its environment',
      facts({ times: async () => ({ madeAt: undefined, environmentAt: now - day, placedAt: undefined }) }),
      {},
    ],
    [
      'when it was made',
      facts({ times: async () => ({ madeAt: now - day, environmentAt: undefined, placedAt: undefined }) }),
      {},
    ],
    [
      'when an undo brought it back',
      facts({ times: async () => ({ madeAt: undefined, environmentAt: undefined, placedAt: now - day }) }),
      {},
    ],
    ['a request to its environment', { visits: async () => new Map([['worktree-feature', now - day]]) }, {}],
    [
      'its commit',
      {},
      {
        entries: [
          bareMain,
          anEntry({
            status: aStatus({ lastCommit: { id: 'a', subject: 'x', date: new Date(now - day).toISOString() } }),
          }),
        ],
      },
    ],
  ])('is nothing that was used since, as %s tells', async (_, change, snapshot) => {
    expect(await feature(change, snapshot)).toMatchObject({ usedAt: now - day, isProposed: false });
  });

  it('is nothing by a clock that is behind', async () => {
    const ahead = { worktrees: { lastChange: async () => now + 30 * day } };
    expect(await feature(ahead)).toMatchObject({ isProposed: false });
    expect((await world(ahead).list(0)).rows[1]).toMatchObject({ isProposed: false });
  });

  it.each<[string, Partial<CleanupPorts>, Partial<Snapshot>, string[]]>([
    ['its last use', { worktrees: { lastChange: fails } }, {}, []],
    ['its commits', facts({ branchState: fails }), {}, ['refused']],
    [
      'what a delete would lose',
      { lookAtDelete: async () => async () => ({ ...nothing, refusal: problem }) },
      {},
      ['refused'],
    ],
    ['its environment', {}, { cluster: offline }, ['refused']],
  ])('is nothing of which nobody can tell %s', async (_, change, snapshot, found) => {
    const { protections, isProposed } = await feature(change, snapshot);
    expect({ found: protections.map(({ kind }) => kind), isProposed }).toEqual({ found, isProposed: false });
  });

  it('may be what nothing can be told of without starting something, which is looked at before it goes', async () => {
    const asked: (boolean | undefined)[] = [];
    const lookAtDelete = async () => async (request: LookAtDeleteRequest) => {
      asked.push(request.startsNothing);
      return { ...nothing, untold: request.startsNothing ? (['database'] as const) : [] };
    };
    const { list, clean } = world({ lookAtDelete });
    const found = await list();
    expect(found.rows[1]).toMatchObject({ untold: ['database'], protections: [], isProposed: true });
    expect(JSON.stringify(cleanupListJson(found))).toContain('"untold":["database"]');
    expect((await clean(7)).outcomes).toMatchObject([{ kind: 'removed' }]);
    expect(asked).toEqual([true, false]);
  });

  it('is nothing in which programs may work, where that cannot be told', async () => {
    for (const programs of [{ in: async () => undefined }, { in: fails }]) {
      const { rows } = await world({ programs }).list();
      // Of the main worktree and of one where somebody asks it is of no interest.
      expect(rows.map(({ protections }) => protections)).toEqual([
        [{ kind: 'main' }, { kind: 'here' }],
        [{ kind: 'refused', text: 'it cannot be told whether a program works in it' }],
      ]);
      const { clean, deletes } = world({ programs });
      expect((await clean()).outcomes).toMatchObject([{ kind: 'kept', protections: [{ kind: 'refused' }] }]);
      expect(deletes).toEqual([]);
    }
  });

  it.each<[string, Partial<CleanupPorts>]>([
    ['where one cannot be looked at', { lookAtDelete: async () => fails }],
    ['where nobody can tell what would be lost with any', { lookAtDelete: fails }],
    ['where its times cannot be told', facts({ times: fails })],
  ])('is told of all the same %s', async (_, change) => {
    const { rows } = await world(change).list();
    expect(rows.map(({ worktree, isProposed }) => [worktree.path, isProposed])).toEqual([
      [bareMain.worktree.path, false],
      [entry.worktree.path, false],
    ]);
    expect(rows[1]?.protections).toMatchObject([
      { kind: 'refused', text: expect.stringContaining('It cannot be read') },
    ]);
  });

  it('says nothing of requests where nobody knows of them, or where they went to another cluster', async () => {
    const usedAt = async (change: Partial<CleanupPorts>, snapshot: Partial<Snapshot> = {}) =>
      (await feature(change, snapshot)).usedAt;
    const before = now - 8 * day;
    expect(await usedAt({ visits: async () => new Map() })).toBe(before);
    expect(await usedAt({ visits: fails })).toBe(before);
    const visits = async () => new Map([['worktree-feature', now - day]]);
    const cluster = { kind: 'context', context: 'far', server: 'https://far', authority: 'f' } as never;
    const identity = entry.identity && { ...entry.identity, cluster };
    expect(await usedAt({ visits }, { entries: [bareMain, { ...entry, identity }] })).toBe(before);
  });

  it('does not wait for a size that cannot be told', async () => {
    expect(await feature(facts({ size: fails }))).toMatchObject({ size: undefined, isProposed: true });
  });

  it('is nothing whose teardown commands a delete would ask about, or at which somebody is at work', async () => {
    const asking = { lookAtDelete: async () => async () => ({ ...nothing, asksForApproval: true }) };
    expect((await feature(asking)).protections).toEqual([{ kind: 'teardown' }]);
    const entries = [bareMain, anEntry({ work: 'updating' })];
    expect((await feature({}, { entries })).protections).toEqual([{ kind: 'underWay', text: 'updating' }]);
  });

  it('asks no cluster that is away', async () => {
    const { list, looks } = world({}, { cluster: offline });
    await list();
    expect(looks).toMatchObject([{ worktreeAlone: true }]);
  });
});

describe('a cleanup that was said yes to', () => {
  it('deletes as a delete does that nobody accepts a loss for', async () => {
    const { clean, deletes } = world();
    expect((await clean(7)).outcomes).toMatchObject([{ kind: 'removed' }]);
    expect(deletes).toEqual([
      { folder: '/repo', path: entry.worktree.path, accepted: [], keepBranch: false, environmentOnly: false },
    ]);
  });

  it('keeps a branch that Coppice did not make', async () => {
    const worktree = aWorktree({ branch: 'theirs' });
    const { clean, deletes } = world({}, { entries: [bareMain, anEntry({ worktree })] });
    await clean();
    expect(deletes).toMatchObject([{ keepBranch: true }]);
  });

  it('leaves what was used since, or is protected by now, and tells what failed', async () => {
    const used = world({ worktrees: { lastChange: async () => now } });
    expect((await used.clean(7)).outcomes).toMatchObject([{ kind: 'kept', protections: [{ kind: 'used' }] }]);
    expect(used.deletes).toEqual([]);
    const inside = new Map([[entry.worktree.path, [{ pid: 7, name: 'vi' }]]]);
    const busy = world({ programs: { in: async () => inside } });
    expect((await busy.clean(7)).outcomes).toMatchObject([{ kind: 'kept', protections: [{ kind: 'program' }] }]);
    expect(busy.deletes).toEqual([]);
    const failing = world({ delete: fails });
    expect((await failing.clean(7)).outcomes).toMatchObject([{ kind: 'failed', error: { code: 'denied' } }]);
  });

  it('goes on to the next where one cannot be looked at, and where nobody can look any more', async () => {
    const other = anEntry({ worktree: aWorktree({ branch: 'other', path: '/repo.worktrees/other' }) });
    const paths = [entry.worktree.path, other.worktree.path];
    const entries = [bareMain, entry, other];
    const lookAtDelete = async () => async (request: LookAtDeleteRequest) =>
      request.path === entry.worktree.path ? fails() : nothing;
    const one = world({ lookAtDelete }, { entries });
    expect((await one.clean(undefined, { paths })).outcomes).toMatchObject([
      { worktree: entry.worktree, kind: 'kept', protections: [{ kind: 'refused' }] },
      { worktree: other.worktree, kind: 'removed' },
    ]);
    let looks = 0;
    const readSnapshot = async () => (++looks > 1 ? fails() : aSnapshot({ entries }));
    const later = world({ readSnapshot });
    expect((await later.clean(undefined, { paths })).outcomes).toMatchObject([
      { worktree: entry.worktree, kind: 'removed' },
      { worktree: other.worktree, kind: 'failed', error: { code: 'denied' } },
    ]);
    await expect(world({ readSnapshot: fails }).clean()).rejects.toMatchObject({ code: 'denied' });
  });

  it('leaves what is not any more what somebody saw when they said yes', async () => {
    const { list } = world();
    const seen = (await list()).rows;
    const { worktree } = entry;
    for (const change of [
      { head: 'f'.repeat(40) },
      { branch: 'another' },
      { gitDir: '/repo/.git/worktrees/another' },
    ]) {
      const now = world({}, { entries: [bareMain, anEntry({ worktree: { ...worktree, ...change } })] });
      expect((await now.clean(undefined, { seen })).outcomes).toMatchObject([
        { kind: 'kept', protections: [{ kind: 'used' }] },
      ]);
      expect(now.deletes).toEqual([]);
    }
    const used = world({ worktrees: { lastChange: async () => now - 8 * day + 1 } });
    expect((await used.clean(undefined, { seen })).outcomes).toMatchObject([{ kind: 'kept' }]);
    expect(used.deletes).toEqual([]);
    expect((await world().clean(undefined, { seen })).outcomes).toMatchObject([{ kind: 'removed' }]);
  });

  it('does nothing where there is no such worktree any more', async () => {
    const { clean, deletes } = world({}, { entries: [bareMain] });
    expect({ ...(await clean()), deletes }).toEqual({ outcomes: [], deletes: [] });
  });
});
