import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CleanupMemory, CleanupNotices } from '../../../src/core/ports/cleanupNotices';

export interface CleanupNoticesHarness {
  readonly notices: CleanupNotices;
  dispose(): Promise<void>;
}

const [mine, yours] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
const memory: CleanupMemory = {
  lookedAt: 3000,
  notices: [
    {
      ...{ worktreeId: 'w1', what: 'environment', gitDir: '/repo/.git/worktrees/w', branch: 'feature/ü', head: 'a' },
      ...{ usedAt: 1000, givenAt: 2000, stood: 500 },
    },
    {
      ...{ worktreeId: 'w2', what: 'worktree', gitDir: '/repo/.git/worktrees/x', head: 'b' },
      ...{ usedAt: 1, givenAt: 2, stood: 0 },
    },
  ],
  usedAt: { w3: 7 },
};

/** What every place for notices promises. */
export function cleanupNoticesContract(name: string, create: () => Promise<CleanupNoticesHarness>): void {
  describe(`notices of a cleanup: ${name}`, () => {
    let harness: CleanupNoticesHarness;
    beforeEach(async () => void (harness = await create()));
    afterEach(() => harness.dispose());

    it('has none at first', async () => {
      expect(await harness.notices.read(mine)).toEqual({ notices: [], usedAt: {} });
    });

    it('remembers just what was written last, for that repository alone', async () => {
      await harness.notices.write(mine, memory);
      expect(await harness.notices.read(mine)).toEqual(memory);
      expect(await harness.notices.read(yours)).toEqual({ notices: [], usedAt: {} });
      await harness.notices.write(mine, { notices: [], usedAt: { w3: 8 } });
      expect(await harness.notices.read(mine)).toEqual({ notices: [], usedAt: { w3: 8 } });
    });
  });
}
