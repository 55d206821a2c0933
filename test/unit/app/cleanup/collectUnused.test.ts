import { beforeEach, describe, expect, it } from 'vitest';
import { collectedTexts } from '../../../../src/app/cleanup/collectedText';
import type { Collected } from '../../../../src/app/cleanup/collectUnused';
import { keepUsed } from '../../../../src/app/cleanup/keepUsed';
import { listCleanup } from '../../../../src/app/cleanup/listCleanup';
import type { LookAtDeleteRequest } from '../../../../src/app/environment/delete/lookAtDelete';
import { AppError } from '../../../../src/core/errors';
import { defaultSettings, type Settings } from '../../../../src/core/settings';
import { CollectWorld, day, hour, losesNothing as nothing, repositoryId } from '../../../support/collectWorld';
import { anEntry, anEnvironment, anIdentity, aWorktree, bareMain, offline } from '../../ui/builders';

const entry = anEntry();
const { path } = entry.worktree;
const signal = new AbortController().signal;
const run = { signal, report: () => undefined };

let world: CollectWorld;
beforeEach(() => void (world = new CollectWorld()));

const took = (all: readonly Collected[]): number => all.flatMap(({ taken }) => taken).length;

describe('what nobody uses, where it may go by itself', () => {
  it('goes after a day that notice of it has stood, and not an hour before', async () => {
    const { given, taken } = await world.collect();
    expect(taken).toEqual([]);
    expect(given).toMatchObject([{ name: 'feature', path, goesAfter: world.clock.now() + day }]);
    expect(collectedTexts({ given, taken }, world.clock.now())).toEqual([
      'feature: its environment goes by itself in 1 day at the earliest, as nobody has used it for 9 days. Who uses it meanwhile, or keeps it, takes that back.',
    ]);
    expect(await world.pass(23)).toEqual(Array.from({ length: 23 }, () => ({ given: [], taken: [] })));
    expect(world.deletes).toEqual([]);
    const [last] = await world.pass(1);
    expect(last?.taken).toMatchObject([{ name: 'feature', outcome: { kind: 'removed' } }]);
    expect(collectedTexts(last ?? { given, taken }, world.clock.now())).toEqual([
      'feature: its environment was removed by itself, as nobody had used it for 10 days.',
    ]);
    expect(world.deletes).toEqual([{ folder: '/repo', path, accepted: [], keepBranch: false, environmentOnly: true }]);
    expect(await world.memory()).toMatchObject({ notices: [] });
    expect(took(await world.pass(30))).toBe(0);
    expect(world.deletes).toHaveLength(1);
  });

  it('is nothing unless somebody has switched it on: nothing is read nor written', async () => {
    world.settings = defaultSettings;
    await world.collect();
    await world.pass(50);
    expect([world.reads, await world.memory(), world.deletes]).toEqual([0, { notices: [], usedAt: {} }, []]);
  });

  it('is looked for once an hour, whoever asks, and by one of two at once', async () => {
    await Promise.all([world.collect(), world.collect(), world.collect()]);
    await world.collect();
    expect(world.reads).toBe(1);
    world.clock.advance(hour);
    await Promise.all([world.collect(), world.collect()]);
    expect(world.reads).toBe(2);
    // The second of two that were let look one after the other sees that it was done.
    world.clock.advance(hour);
    const { held } = world.locks;
    expect(held).toEqual([]);
    const busy = await world.locks.acquire(`collect ${repositoryId}`, 'x');
    expect(await world.collect()).toEqual({ given: [], taken: [] });
    await busy.release();
    expect(world.reads).toBe(2);
  });

  it('says of each row what goes, and when, as long as that is switched on', async () => {
    await world.collect();
    const list = async () => (await listCleanup(world.ports)({ folder: '/repo', here: [] }, run)).rows[1]?.goes;
    expect(await list()).toEqual({ what: 'environment', after: world.clock.now() + day });
    world.settings = defaultSettings;
    expect(await list()).toBeUndefined();
  });

  it.each<[string, (world: CollectWorld) => unknown]>([
    ['it was used since', (at) => (at.changedAt = at.clock.now())],
    ['somebody has locked it', (at) => (at.entries = [bareMain, anEntry({ worktree: aWorktree({ locked: '' }) })])],
    [
      'another commit is there',
      (at) => (at.entries = [bareMain, anEntry({ worktree: aWorktree({ head: 'f'.repeat(40) }) })]),
    ],
    [
      'another branch is there',
      (at) => (at.entries = [bareMain, anEntry({ worktree: aWorktree({ branch: 'other' }) })]),
    ],
  ])('says of no row that it goes where %s, though nobody has looked yet', async (_, change) => {
    await world.collect();
    await world.pass(23);
    await change(world);
    expect((await listCleanup(world.ports)({ folder: '/repo', here: [] }, run)).rows[1]?.goes).toBeUndefined();
  });

  it('is with its worktree where nothing of that is protected, else alone', async () => {
    world.settings = { ...world.settings, 'clean.automatic': 'worktrees' };
    expect((await world.collect()).given).toMatchObject([{ notice: { what: 'worktree' } }]);
    world.change = {
      lookAtDelete: async () => async (request: LookAtDeleteRequest) =>
        request.environmentOnly ? nothing : { ...nothing, losses: [{ kind: 'untracked', count: 1, examples: [] }] },
    };
    // Its notice is another one, and has its own day.
    expect((await world.pass(1))[0]?.given).toMatchObject([{ notice: { what: 'environment', stood: 0 } }]);
    await world.pass(24);
    expect(world.deletes).toMatchObject([{ environmentOnly: true }]);
  });
});

describe('a notice', () => {
  const uses: [string, (world: CollectWorld) => unknown][] = [
    ['a change of a file', (at) => (at.changedAt = at.clock.now())],
    ['a request', (at) => (at.visits = new Map([['worktree-feature', at.clock.now()]]))],
    ['a person who keeps it', (at) => keepUsed(at.ports)({ paths: [path] }, run)],
    ['a window of it that looks', (at) => at.collect(path)],
    [
      'a terminal in it',
      (at) => (at.change = { programs: { in: async () => new Map([[path, [{ pid: 7, name: 'vi' }]]]) } }),
    ],
    [
      'services that work',
      (at) => (at.change = { usage: async () => new Map([['worktree-feature', { cpuCores: 0.3, memoryBytes: 1 }]]) }),
    ],
    ['another commit', (at) => (at.entries = [bareMain, anEntry({ worktree: aWorktree({ head: 'f'.repeat(40) }) })])],
    [
      'another environment in the folder',
      (at) =>
        (at.entries = [
          bareMain,
          anEntry({ identity: anIdentity({ owner: { repositoryId, worktreeId: 'eeeeeeeeeeee' } }) }),
        ]),
    ],
  ];

  it.each(uses)('is taken back by %s, however late, and has its whole day when it is given again', async (_, use) => {
    await world.collect();
    await world.pass(23);
    await use(world);
    expect(took(await world.pass(1))).toBe(0);
    world.change = {};
    expect(took(await world.pass(22))).toBe(0);
    expect(world.deletes).toEqual([]);
  });

  it('is not given of what was used within the days that the setting says, and never of what was used today', async () => {
    world.changedAt = world.clock.now() - 6 * day;
    expect((await world.collect()).given).toEqual([]);
    world.settings = { ...world.settings, 'clean.days': 0 };
    world.changedAt = world.clock.now() - 20 * hour;
    expect((await world.pass(1))[0]?.given).toEqual([]);
    expect((await world.pass(4)).flatMap(({ given }) => given)).toHaveLength(1);
  });

  it('has no day by a clock that jumps: neither by one look after it nor by a machine that was off', async () => {
    await world.collect();
    world.clock.advance(2 * day);
    expect((await world.collect()).taken).toEqual([]);
    expect(world.deletes).toEqual([]);
    // Nobody looked for long: it is as if it was never given.
    world.clock.advance(30 * day);
    expect((await world.collect()).given).toHaveLength(1);
    expect(took(await world.pass(23))).toBe(0);
  });

  it.each([
    ['to a time since it was given: what has passed has passed', 15, 3],
    ['to a time before: it has its whole day again', 30, 23],
  ])('goes no earlier by a clock that was put back %s', async (_, back, left) => {
    await world.collect();
    await world.pass(20);
    world.clock.advance(-back * hour);
    expect((await world.collect()).taken).toEqual([]);
    expect(took(await world.pass(left))).toBe(0);
    expect(took(await world.pass(1))).toBe(1);
  });

  it('is not believed where it cannot be understood: nothing goes, nothing is written', async () => {
    const broken = new AppError('failed', 'It cannot be understood.');
    world.change = {
      notices: {
        read: async () => {
          throw broken;
        },
        write: async () => {
          throw new Error('written');
        },
      },
    };
    await expect(world.collect()).rejects.toBe(broken);
    expect(world.deletes).toEqual([]);
  });

  it('holds nothing back that could not be removed, and has its day again then', async () => {
    await world.collect();
    let tries = 0;
    world.change = {
      delete: async () => {
        tries++;
        throw new AppError('denied', 'It is busy.');
      },
    };
    const all = await world.pass(24);
    expect(all.flatMap(({ taken }) => taken)).toMatchObject([{ outcome: { kind: 'failed' } }]);
    expect(took(await world.pass(23))).toBe(0);
    expect(tries).toBe(1);
    expect(took(await world.pass(1))).toBe(1);
  });
});

describe('nothing goes by itself', () => {
  const identity = anIdentity();
  it.each<[string, (world: CollectWorld) => unknown]>([
    ['of the main worktree', (at) => (at.entries = [{ ...bareMain, identity, environment: entry.environment }])],
    ['without an environment', (at) => (at.entries = [bareMain, { ...entry, identity: undefined }])],
    [
      'that is being made',
      (at) => (at.entries = [bareMain, anEntry({ identity: { ...identity, state: 'creating' } })]),
    ],
    ['at which somebody is at work', (at) => (at.entries = [bareMain, anEntry({ work: 'updating' })])],
    [
      'of a worktree that is locked',
      (at) => (at.entries = [bareMain, anEntry({ worktree: aWorktree({ locked: '' }) })]),
    ],
    [
      'on a cluster that does not tell who asks for it',
      (at) =>
        (at.entries = [
          bareMain,
          anEntry({ identity: { ...identity, cluster: { kind: 'context', context: 'far', server: 'https://far' } } }),
        ]),
    ],
    ['in another cluster', (at) => (at.entries = [bareMain, anEntry({ elsewhere: { kind: 'k3d' } })])],
    ['while the cluster is away', (at) => (at.snapshot = { cluster: offline })],
    ['that the cluster knows no visits of', (at) => (at.visits = new Map())],
    ['where the cluster does not tell', (at) => (at.visits = undefined)],
    ['where nobody tells what it uses', (at) => (at.change = { usage: async () => 'it has no metrics' })],
    ['where nobody tells which programs run', (at) => (at.change = { programs: { in: async () => undefined } })],
    [
      'that a delete would ask about',
      (at) =>
        (at.change = {
          lookAtDelete: async () => async () => ({
            ...nothing,
            losses: [{ kind: 'database', count: 1, examples: [] }],
          }),
        }),
    ],
    [
      'of which only a look that starts something could tell what would be lost',
      (at) => (at.change = { lookAtDelete: async () => async () => ({ ...nothing, untold: ['database'] }) }),
    ],
    [
      'whose teardown nobody has approved',
      (at) => (at.change = { lookAtDelete: async () => async () => ({ ...nothing, asksForApproval: true }) }),
    ],
  ])('%s', async (_, prepare) => {
    await prepare(world);
    expect((await world.collect()).given).toEqual([]);
    await world.pass(50);
    expect(world.deletes).toEqual([]);
    expect((await world.memory()).notices).toEqual([]);
  });

  it.each<[string, (world: CollectWorld) => unknown]>([
    ['is not told of', (at) => (at.change = { usage: async () => new Map() })],
    [
      'is told of another one only',
      (at) => (at.change = { usage: async () => new Map([['other', { cpuCores: 0, memoryBytes: 1 }]]) }),
    ],
  ])('whose use %s while it runs; what sleeps uses nothing', async (_, prepare) => {
    prepare(world);
    expect((await world.collect()).given).toEqual([]);
    world.entries = [bareMain, anEntry({ environment: anEnvironment({ health: 'asleep' }) })];
    expect((await world.pass(1))[0]?.given).toHaveLength(1);
  });

  describe('once a person has switched it off', () => {
    const second = anEntry({
      worktree: aWorktree({ path: '/repo.worktrees/second', gitDir: '/repo/.git/worktrees/second', branch: 'second' }),
      identity: anIdentity({ owner: { repositoryId, worktreeId: 'eeeeeeeeeeee' } }),
    });

    it.each<[string, 'worktrees' | 'environments', Partial<Settings>]>([
      ['off', 'environments', {}],
      ['to environments alone', 'worktrees', { 'clean.automatic': 'environments' }],
    ])('in the middle of removals: %s', async (_, first, then) => {
      world.settings = { ...world.settings, 'clean.automatic': first };
      world.entries = [bareMain, entry, second];
      await world.collect();
      await world.pass(23);
      const paths: string[] = [];
      world.change = {
        delete: async (request) => {
          paths.push(request.path);
          world.settings = { ...defaultSettings, ...then };
          return { environment: 'deleted', worktree: 'kept', branch: 'none' };
        },
      };
      await world.pass(1);
      expect(paths).toEqual([path]);
    });

    it('in the middle of the look right before a removal', async () => {
      await world.collect();
      await world.pass(23);
      let looks = 0;
      world.change = {
        lookAtDelete: async () => async () => {
          if (++looks > 1) world.settings = defaultSettings;
          return nothing;
        },
      };
      const [last] = await world.pass(1);
      expect([looks, world.deletes]).toEqual([2, []]);
      expect(collectedTexts({ given: [], taken: last?.taken ?? [] }, 0)).toEqual([
        'feature: was to go by itself, and stays: nothing is to go by itself any more.',
      ]);
    });

    it('before its time was over: switched on again it is seen once more, or has its whole day where that was seen', async () => {
      await world.collect();
      await world.pass(23);
      const { settings } = world;
      world.clock.advance(60 * hour);
      world.settings = settings;
      expect(took([await world.collect()])).toBe(0);
      expect(world.deletes).toEqual([]);
      world.settings = defaultSettings;
      await world.pass(1);
      expect((await world.memory()).notices).toEqual([]);
      world.settings = settings;
      expect(took(await world.pass(24))).toBe(0);
      expect(took(await world.pass(1))).toBe(1);
    });
  });

  it('of which something came in the way at the last moment', async () => {
    await world.collect();
    await world.pass(23);
    let looks = 0;
    world.change = {
      lookAtDelete: async () => async () =>
        ++looks > 1 ? { ...nothing, losses: [{ kind: 'database', count: 3, examples: [] }] } : nothing,
    };
    const [last] = await world.pass(1);
    expect(last?.taken).toMatchObject([{ outcome: { kind: 'kept', protections: [{ kind: 'loss' }] } }]);
    expect(collectedTexts({ given: [], taken: last?.taken ?? [] }, 0)).toEqual([
      expect.stringMatching(/^feature: was to go by itself, and stays: /),
    ]);
    expect([world.deletes, (await world.memory()).notices]).toEqual([[], []]);
  });

  it('that a person keeps while it is looked at', async () => {
    await world.collect();
    await world.pass(23);
    world.clock.advance(hour);
    let isKept = false;
    world.change = {
      visits: async () => {
        if (!isKept) await keepUsed(world.ports)({ paths: [path] }, run);
        isKept = true;
        return world.visits;
      },
    };
    await world.collect();
    expect(world.deletes).toEqual([]);
    expect((await world.memory()).notices).toEqual([]);
  });
});

it('a person keeps one whose record cannot be read for a moment, and what is gone is forgotten', async () => {
  await keepUsed(world.ports)({ paths: [path] }, run);
  const kept = (await world.memory()).usedAt;
  world.entries = [bareMain, { ...entry, identity: undefined, damaged: 'It cannot be read.' }];
  await world.collect();
  expect((await world.memory()).usedAt).toEqual(kept);
  world.entries = [bareMain, { ...entry, identity: undefined }];
  await world.pass(1);
  expect((await world.memory()).usedAt).toEqual({});
});

it('a person keeps what has an environment', async () => {
  await expect(keepUsed(world.ports)({ paths: ['/repo'] }, run)).rejects.toMatchObject({ code: 'notFound' });
  await keepUsed(world.ports)({ paths: [path] }, run);
  expect(await world.memory()).toEqual({ notices: [], usedAt: { bbbbbbbbbbbb: world.clock.now() } });
  const { rows } = await listCleanup(world.ports)({ folder: '/repo', here: [] }, run);
  expect(rows[1]).toMatchObject({ usedAt: world.clock.now(), isProposed: false });
});
