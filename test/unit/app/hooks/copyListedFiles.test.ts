import { describe, expect, it } from 'vitest';
import { copyListedFiles } from '../../../../src/app/hooks/copyListedFiles';
import { deleteLock } from '../../../../src/app/run/withLock';
import type { SelectedFiles } from '../../../../src/core/ports/worktreeFiles';
import { EnvironmentWorld } from '../../../support/environmentWorld';

const run = { signal: new AbortController().signal, report: () => undefined };
const folder = '/code/repo.worktrees/x';

async function aWorld(cannotBeRead: readonly string[] = []) {
  const world = new EnvironmentWorld();
  await world.worktrees.add(world.worktrees.repositoryInfo, { kind: 'new', folder, branch: 'x', base: 'main' });
  const copied: string[] = [];
  const worktreeFiles = {
    select: async () => ({ paths: ['.env', 'secrets/a', 'z.env'], hooks: ['.husky/_/pre-commit'], left: [] }),
    copy: async (_: unknown, __: unknown, { hooks, paths }: SelectedFiles) => {
      for (const path of [...hooks, ...paths]) {
        if (cannotBeRead.includes(path))
          throw Object.assign(new Error('permission denied'), { code: 'EACCES', syscall: 'copyfile', path });
        if (!copied.includes(path)) copied.push(path);
      }
      return { copied: [], left: [] };
    },
  };
  return { world, copied, copy: copyListedFiles({ ...world.createPorts(), worktreeFiles }) };
}

describe('what is copied into a worktree without an environment', () => {
  it('is all but what cannot be read, which is told', async () => {
    const { copied, copy } = await aWorld(['secrets/a']);
    expect(await copy({ folder }, run)).toEqual([expect.stringContaining('secrets/a')]);
    expect(copied).toEqual(['.husky/_/pre-commit', '.env', 'z.env']);
  });

  it('is copied once whoever else copies has done, and not where nobody waits for it any more', async () => {
    const { world, copied, copy } = await aWorld();
    const held = await world.locks.acquire(deleteLock({ path: folder }), 'another hook');
    const second = copy({ folder }, run);
    await expect(copy({ folder }, { ...run, signal: AbortSignal.timeout(50) })).rejects.toThrow();
    expect(copied).toEqual([]);
    await held.release();
    expect(await second).toEqual([]);
    expect(copied).toHaveLength(4);
    expect(world.locks.held).toEqual([]);
  });
});
