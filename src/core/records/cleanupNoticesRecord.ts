import type { RecordKind } from '@coppice/host/migrateRecord';
import type { CleanupMemory } from '../ports/cleanupNotices';
import { isObject } from './isObject';

/** `cleanup/<repository>.json` in COPPICE_HOME: what goes by itself, and since when that is known. */
export const cleanupNoticesRecord: RecordKind<CleanupMemory & { readonly version: number }> = {
  version: 1,
  steps: {},
  problem: ({ lookedAt, notices, usedAt }) => {
    if (lookedAt !== undefined && typeof lookedAt !== 'number') return '"lookedAt" is no time';
    if (!Array.isArray(notices) || !notices.every(isNotice)) return '"notices" does not say what goes by itself';
    const isKnown = isObject(usedAt) && Object.values(usedAt).every((at) => typeof at === 'number');
    return isKnown ? undefined : '"usedAt" does not say when worktrees were used';
  },
};

function isNotice(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { worktreeId, what, gitDir, branch, head, usedAt, givenAt, stood } = value;
  const texts = [worktreeId, gitDir, head, ...(branch === undefined ? [] : [branch])];
  return (
    texts.every((text) => typeof text === 'string') &&
    (what === 'environment' || what === 'worktree') &&
    [usedAt, givenAt, stood].every((each) => typeof each === 'number')
  );
}
