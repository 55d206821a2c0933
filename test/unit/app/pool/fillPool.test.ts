import { expect, it } from 'vitest';
import { fillPool } from '../../../../src/app/pool/fillPool';
import type { PoolPorts } from '../../../../src/app/pool/poolPorts';
import type { Repository, Worktree } from '../../../../src/core/model';
import type { Spare, SpareRecord, Spares } from '../../../../src/core/ports/spares';

const repository: Repository = {
  ...{ id: 'r', name: 'r', root: '/r', commonDir: '/r/.git', defaultBranch: 'main' },
};
const run = { signal: new AbortController().signal, report: () => undefined };

function spareOf(id: string, more: Partial<SpareRecord> = {}): Spare {
  const worktree: Worktree = {
    ...{ path: `/w/${id}`, gitDir: `/r/.git/worktrees/${id}`, isMain: false, branch: undefined, head: 'tip' },
    ...{ locked: undefined, prunable: undefined, spare: id },
  };
  const record: SpareRecord = {
    ...{ version: 1, id, repositoryId: 'r', commit: 'tip', state: 'ready', has: 'checkout', digest: 'd', ignored: [] },
    ...more,
  };
  return { worktree, record };
}

/** @param onAdd what happens while one is being made */
function world(size: number, first: readonly Spare[], onAdd: (all: Map<string, Spare>) => void = () => undefined) {
  const all = new Map(first.map((spare) => [spare.worktree.spare ?? '', spare]));
  let made = 0;
  const work: string[] = [];
  const spares: Pick<Spares, 'list' | 'look' | 'fingerprint' | 'digest' | 'add' | 'write' | 'discard'> = {
    list: async () => [...all.values()],
    look: async ({ worktree }) => ({ ignored: [], work: worktree.spare === 'a' ? work : [] }),
    fingerprint: async () => work.join('\0'),
    discard: async (_, { worktree }) => void all.delete(worktree.spare ?? ''),
    digest: async () => worktrees.digest(),
    add: async (_, { folder, record }) => {
      onAdd(all);
      const made = spareOf(record.id, record);
      const spare = { ...made, worktree: { ...made.worktree, path: folder } };
      all.set(record.id, spare);
      return spare;
    },
    write: async ({ worktree }, record) => void all.set(record.id, { worktree, record }),
  };
  const worktrees = {
    ...{ repository: async () => repository, recordRepository: async () => repository, recover: async () => undefined },
    ...{ startPoint: async () => ({ name: 'main', commit: 'tip' }), kindAt: async () => undefined },
    ...{ fileAt: async (): Promise<string | undefined> => undefined, checkFolder: async () => undefined },
    filesNamed: async () => ['package-lock.json'],
    digest: async () => 'd',
  };
  const ports = {
    ...{ spares, worktrees, programs: { in: async () => new Map() }, newId: () => `new-${++made}` },
    ...{ locks: { acquire: async () => ({ release: async () => undefined }) }, clock: { now: () => 0 } },
    ...{ machineLoad: {}, paths: { parent: () => '/', resolve: (...parts: string[]) => parts.join('/') } },
    environmentFiles: { parse: () => ({ setup: [], services: [] }) },
    settings: () => ({ 'pool.size': size, 'worktree.base': '', 'worktree.folder': 'w/${slug}', 'setup.timeout': 1 }),
  };
  const fill = () => fillPool(ports as unknown as PoolPorts)({ folder: '/r', patience: 0 }, run);
  return { all, work, worktrees, fill };
}

it('makes one more for each that a create claims meanwhile: who would do so for that create finds it at work', async () => {
  let isFirst = true;
  const { all, fill } = world(2, [spareOf('a')], (spares) => {
    if (isFirst) spares.delete('a');
    isFirst = false;
  });
  expect((await fill()).made).toHaveLength(2);
  expect([...all.keys()]).toEqual(['new-1', 'new-2']);
});

it('says of one that gets its dependencies later that it is not complete, before anything is in it', async () => {
  const { all, worktrees, fill } = world(1, [spareOf('a')]);
  worktrees.fileAt = async () => 'version: 1';
  // Nothing tells what was approved: it ends there.
  await expect(fill()).rejects.toThrow();
  expect(all.get('a')?.record?.state).toBe('making');
});

const unfit = { state: 'unfit', why: 'what was installed has changed what git looks at', left: 'made.js' } as const;

it('replaces one that is not fit once another commit may do better, and not before', async () => {
  const { all, work, worktrees, fill } = world(1, [spareOf('a', unfit)]);
  work.push('made.js');
  expect(await fill()).toEqual({ made: [], removed: [], released: [] });
  expect(all.get('a')?.record).toMatchObject(unfit);
  worktrees.startPoint = async () => ({ name: 'main', commit: 'newer' });
  expect(await fill()).toMatchObject({ removed: ['/w/a'], released: [] });
  expect([...all.values()].map(({ record }) => record?.commit)).toEqual(['newer']);
});

it.each([
  ['of which nobody knows how it was left', { ...unfit, left: undefined }, []],
  ['in which somebody has worked since', unfit, ['mine']],
])('leaves one that is not fit and %s', async (_, record, since) => {
  const { all, work, worktrees, fill } = world(1, [spareOf('a', record as Partial<SpareRecord>)]);
  work.push('made.js', ...since);
  worktrees.startPoint = async () => ({ name: 'main', commit: 'newer' });
  expect(await fill()).toEqual({ made: [], removed: [], released: [] });
  expect([...all.keys()]).toEqual(['a']);
});

it('leaves one that a newer Coppice has made, as one of those that there are', async () => {
  const newer = 'coppice-spare.json is of version 2: a newer Coppice wrote it.';
  const { all, fill } = world(1, [{ ...spareOf('a'), record: undefined, newer }]);
  expect(await fill()).toEqual({ made: [], removed: [], released: [] });
  expect([...all.keys()]).toEqual(['a']);
});

it('installs nothing again into one whose dependencies cannot be moved with its folder', async () => {
  const { all, worktrees, fill } = world(1, [spareOf('a', { isBound: true, why: 'a link names the folder' })]);
  worktrees.fileAt = async () => 'version: 1';
  expect(await fill()).toEqual({ made: [], removed: [], released: [] });
  expect(all.get('a')?.record).toMatchObject({ state: 'ready', isBound: true });
});

it('goes after a branch that moves while it is at work', async () => {
  const { all, worktrees, fill } = world(1, [], () => {
    worktrees.startPoint = async () => ({ name: 'main', commit: 'newer' });
    digests.push('e');
  });
  const digests = ['d'];
  worktrees.digest = async () => digests.at(-1) ?? '';
  expect(await fill()).toEqual({ made: ['//w/_spare-1'], removed: [], released: [] });
  expect([...all.values()].map(({ record }) => record?.commit)).toEqual(['newer']);
});
