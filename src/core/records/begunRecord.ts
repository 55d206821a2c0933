import type { RecordKind } from '@coppice/host/migrateRecord';
import type { Begun } from '../ports/worktrees';
import { partsProblem } from './identityRecord';
import { isObject } from './isObject';

/** `coppice-begun.json` in a worktree's git directory, `coppice/begun/*.json` in the repository's: what was begun, and not ended. */
export const begunRecord: RecordKind<Begun> = {
  version: 1,
  steps: {},
  problem: ({ worktreeId, createdBranch, deletingAt, parts }) => {
    const isWhole =
      typeof worktreeId === 'string' &&
      /^[0-9a-f]{12}$/.test(worktreeId) &&
      typeof createdBranch === 'boolean' &&
      (deletingAt === undefined || typeof deletingAt === 'string') &&
      (parts === undefined || (isObject(parts) && partsProblem({ parts }) === undefined));
    return isWhole ? undefined : 'it does not say what was begun';
  },
};
