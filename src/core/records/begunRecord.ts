import type { RecordKind } from '@coppice/host/migrateRecord';
import type { Begun } from '../ports/worktrees';

/** `coppice-begun.json` in a worktree's git directory, `coppice/begun/*.json` in the repository's: what was begun, and not ended. */
export const begunRecord: RecordKind<Begun> = {
  version: 1,
  steps: {},
  problem: ({ worktreeId, createdBranch, deletingAt }) => {
    const isWhole =
      typeof worktreeId === 'string' &&
      /^[0-9a-f]{12}$/.test(worktreeId) &&
      typeof createdBranch === 'boolean' &&
      (deletingAt === undefined || typeof deletingAt === 'string');
    return isWhole ? undefined : 'it does not say what was begun';
  },
};
