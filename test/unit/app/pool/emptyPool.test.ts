import { expect, it } from 'vitest';
import { emptyPool } from '../../../../src/app/pool/emptyPool';
import type { PoolPorts } from '../../../../src/app/pool/poolPorts';
import { AppError } from '../../../../src/core/errors';
import type { Spare } from '../../../../src/core/ports/spares';

it('leaves one that cannot be completed, says why, and removes the others', async () => {
  const repository = { id: 'r', root: '/r', commonDir: '/r/.git' };
  const spareOf = (id: string, state: 'making' | 'ready'): Spare =>
    ({
      worktree: { path: `/w/${id}`, gitDir: `/r/.git/worktrees/${id}`, spare: id },
      record: { id, repositoryId: 'r', state, ignored: [] },
    }) as unknown as Spare;
  const discarded: string[] = [];
  const ports = {
    spares: {
      list: async () => [spareOf('a', 'making'), spareOf('b', 'ready')],
      finish: async () => {
        throw new AppError('conflict', 'something is in its way');
      },
      look: async () => ({ ignored: [], work: [] }),
      discard: async (_: unknown, { worktree }: Spare) => void discarded.push(worktree.path),
    },
    worktrees: { repository: async () => repository, recover: async () => undefined },
    programs: { in: async () => new Map() },
    locks: { acquire: async () => ({ release: async () => undefined }) },
  };
  const run = { signal: new AbortController().signal, report: () => undefined };
  expect(await emptyPool(ports as unknown as PoolPorts)({ folder: '/r' }, run)).toEqual({
    removed: ['/w/b'],
    released: [],
    left: [{ folder: '/w/a', why: 'something is in its way' }],
  });
  expect(discarded).toEqual(['/w/b']);
});
