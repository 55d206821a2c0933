import { expect, it } from 'vitest';
import { fillPool } from '../../../../src/app/pool/fillPool';
import type { PoolPorts } from '../../../../src/app/pool/poolPorts';
import { decidingPaths } from '../../../../src/app/spares/spareDependencies';
import { AppError } from '../../../../src/core/errors';
import type { Repository, Worktree } from '../../../../src/core/model';
import type { LeftClaim } from '../../../../src/core/ports/worktrees';
import type { Spare, SpareRecord } from '../../../../src/core/ports/spares';
import { FakeClock } from '../../../support/fakes/fakeClock';
import { FakeLocks } from '../../../support/fakes/fakeLocks';
import { fakePaths } from '../../../support/fakes/fakePaths';
import { FakeSpares } from '../../../support/fakes/fakeSpares';

const repository: Repository = {
  ...{ id: 'r', name: 'r', root: '/r', commonDir: '/r/.git', defaultBranch: 'main' },
};
const run = { signal: new AbortController().signal, report: () => undefined };
/** What decides nothing about dependencies has. */
const digest = '[]';

function spareOf(id: string, more: Partial<SpareRecord> = {}): Spare {
  const worktree: Worktree = {
    ...{ path: `/w/${id}`, gitDir: `/r/.git/worktrees/${id}`, isMain: false, branch: undefined, head: 'tip' },
    ...{ locked: undefined, prunable: undefined, spare: id },
  };
  const record: SpareRecord = {
    ...{ version: 1, id, repositoryId: 'r', commit: 'tip', state: 'ready', has: 'checkout', digest, ignored: [] },
    ...more,
  };
  return { worktree, record };
}

/** @param onAdd what happens while one is being made */
function world(size: number, first: readonly Spare[], onAdd: (spares: FakeSpares) => void = () => undefined) {
  const spares = new FakeSpares();
  for (const spare of first) spares.put(spare);
  spares.onAdd = () => onAdd(spares);
  let made = 0;
  const worktrees = {
    ...{ repository: async () => repository, recordRepository: async () => repository },
    recover: async (): Promise<readonly LeftClaim[]> => [],
    ...{ startPoint: async () => ({ name: 'main', commit: 'tip' }), kindAt: async () => undefined },
    ...{ fileAt: async (): Promise<string | undefined> => undefined, filesNamed: async () => ['package-lock.json'] },
    checkFolder: async (_: Repository, folder: string) => {
      for (const { worktree } of await spares.list())
        if (worktree.path === folder) throw new AppError('conflict', 'It exists.');
    },
  };
  const ports = {
    ...{ spares, worktrees, programs: { in: async () => new Map() }, newId: () => `new-${++made}` },
    ...{ locks: new FakeLocks(), clock: new FakeClock(), machineLoad: {}, paths: fakePaths },
    environmentFiles: { parse: () => ({ setup: [], services: [] }) },
    settings: () => ({ 'pool.size': size, 'worktree.base': '', 'worktree.folder': '/w/${slug}', 'setup.timeout': 1 }),
  };
  const fill = () => fillPool(ports as unknown as PoolPorts)({ folder: '/r', patience: 0 }, run);
  const all = async (): Promise<Record<string, SpareRecord | undefined>> =>
    Object.fromEntries((await spares.list()).map(({ worktree, record }) => [worktree.spare, record]));
  const work = (id: string): Set<string> => spares.all.get(id)?.work ?? new Set();
  return { spares, all, work, worktrees, fill };
}

it('makes one more for each that a create claims meanwhile: who would do so for that create finds it at work', async () => {
  let isFirst = true;
  const { all, fill } = world(2, [spareOf('a')], (spares) => {
    if (isFirst) spares.all.delete('a');
    isFirst = false;
  });
  expect((await fill()).made).toEqual(['/w/_spare-1', '/w/_spare-2']);
  expect(Object.keys(await all())).toEqual(['new-1', 'new-2']);
});

it('says of one that gets its dependencies later that it is not complete, before anything is in it', async () => {
  const { spares, all, worktrees, fill } = world(1, []);
  worktrees.fileAt = async () => 'version: 1';
  spares.put(spareOf('a', { digest: await wantedDigest(spares) }));
  // Nothing tells what was approved: it ends there.
  await expect(fill()).rejects.toThrow();
  expect((await all())['a']?.state).toBe('making');
});

/** Where there is a lockfile. */
function wantedDigest(spares: FakeSpares): Promise<string> {
  return spares.digest(repository, 'tip', decidingPaths(['package-lock.json']));
}

const unfit = { state: 'unfit', why: 'what was installed has changed what git looks at', left: 'made.js' } as const;

it('replaces one that is not fit once another commit may do better, and not before', async () => {
  const { all, work, worktrees, fill } = world(1, [spareOf('a', unfit)]);
  work('a').add('made.js');
  expect(await fill()).toEqual({ made: [], removed: [], released: [] });
  expect((await all())['a']).toMatchObject(unfit);
  worktrees.startPoint = async () => ({ name: 'main', commit: 'newer' });
  expect(await fill()).toMatchObject({ removed: ['/w/a'], released: [] });
  expect(Object.values(await all()).map((record) => record?.commit)).toEqual(['newer']);
});

it.each([
  ['of which nobody knows how it was left', { ...unfit, left: undefined }, []],
  ['in which somebody has worked since', unfit, ['mine']],
])('leaves one that is not fit and %s', async (_, record, since) => {
  const { all, work, worktrees, fill } = world(1, [spareOf('a', record as Partial<SpareRecord>)]);
  for (const path of ['made.js', ...since]) work('a').add(path);
  worktrees.startPoint = async () => ({ name: 'main', commit: 'newer' });
  expect(await fill()).toEqual({ made: [], removed: [], released: [] });
  expect(Object.keys(await all())).toEqual(['a']);
});

it('leaves one that a newer Coppice has made, as one of those that there are', async () => {
  const newer = 'coppice-spare.json is of version 2: a newer Coppice wrote it.';
  const { all, fill } = world(1, [{ ...spareOf('a'), record: undefined, newer }]);
  expect(await fill()).toEqual({ made: [], removed: [], released: [] });
  expect(Object.keys(await all())).toEqual(['a']);
});

it('installs nothing again into one whose dependencies cannot be moved with its folder', async () => {
  const { spares, all, worktrees, fill } = world(1, []);
  worktrees.fileAt = async () => 'version: 1';
  const why = 'a link names the folder';
  spares.put(spareOf('a', { isBound: true, why, digest: await wantedDigest(spares) }));
  expect(await fill()).toEqual({ made: [], removed: [], released: [] });
  expect((await all())['a']).toMatchObject({ state: 'ready', isBound: true });
});

it('goes after a branch that moves while it is at work', async () => {
  const { spares, all, worktrees, fill } = world(1, [], () => {
    worktrees.startPoint = async () => ({ name: 'main', commit: 'newer' });
  });
  // Of another commit it would not do.
  spares.leaves = ['dist/'];
  expect(await fill()).toEqual({ made: ['/w/_spare-1'], removed: [], released: [] });
  expect(Object.values(await all()).map((record) => record?.commit)).toEqual(['newer']);
});

it('says what keeps one whose claim was cut off from being one again', async () => {
  const { worktrees, fill } = world(0, []);
  worktrees.recover = async () => [{ folder: '/w/b', why: 'its index is locked' }];
  expect(await fill()).toEqual({ made: [], removed: [], released: [], why: 'its index is locked' });
});
