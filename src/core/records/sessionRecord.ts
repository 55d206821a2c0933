import type { RecordKind } from '@coppice/host/migrateRecord';
import type { MadeForSession } from '../ports/worktrees';

/** `coppice-session.json` in a worktree's git directory: which branch was made for the session that the worktree is of. */
export const sessionRecord: RecordKind<MadeForSession> = {
  version: 1,
  steps: {},
  problem: ({ createdBranch }) =>
    typeof createdBranch === 'string' && createdBranch !== '' ? undefined : '"createdBranch" does not name a branch',
};
