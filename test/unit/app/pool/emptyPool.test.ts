import { expect, it } from 'vitest';
import { emptyPool } from '../../../../src/app/pool/emptyPool';
import type { PoolPorts } from '../../../../src/app/pool/poolPorts';
import { AppError } from '../../../../src/core/errors';
import { FakeLocks } from '../../../support/fakes/fakeLocks';
import { FakeSpares } from '../../../support/fakes/fakeSpares';

it('leaves one that cannot be completed or taken back, says why, and removes the others', async () => {
  const repository = { id: 'r', name: 'r', root: '/r', commonDir: '/r/.git', defaultBranch: 'main' };
  const spares = new FakeSpares();
  const put = (id: string, state: 'making' | 'ready'): Promise<unknown> =>
    spares.add(repository, {
      folder: `/w/${id}`,
      record: {
        ...{ version: 1, id, repositoryId: 'r', commit: 'tip', state, has: 'checkout', digest: 'd', ignored: [] },
      },
    });
  await put('a', 'making');
  await put('b', 'ready');
  spares.finish = async () => {
    throw new AppError('conflict', 'something is in its way');
  };
  const locked = { folder: '/w/c', why: 'its index is locked' };
  const ports = {
    ...{ spares, locks: new FakeLocks(), programs: { in: async () => new Map() } },
    worktrees: { repository: async () => repository, recover: async () => [locked] },
  };
  const run = { signal: new AbortController().signal, report: () => undefined };
  expect(await emptyPool(ports as unknown as PoolPorts)({ folder: '/r' }, run)).toEqual({
    removed: ['/w/b'],
    released: [],
    left: [locked, { folder: '/w/a', why: 'something is in its way' }],
  });
  expect([...spares.all.keys()]).toEqual(['a']);
});
