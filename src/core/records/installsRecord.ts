import type { RecordKind } from '@coppice/host/migrateRecord';
import type { BegunInstall } from '../ports/installs';
import { isObject } from './isObject';

export interface InstallsRecord {
  readonly version: 1;
  readonly begun: readonly BegunInstall[];
}

/** `coppice-installs.json` in a worktree's git directory: the installs that have begun there and have not ended well. */
export const installsRecord: RecordKind<InstallsRecord> = {
  version: 1,
  steps: {},
  problem: ({ begun }) =>
    Array.isArray(begun) && begun.every(isBegun) ? undefined : '"begun" does not say which installs have begun',
};

function isBegun(value: unknown): boolean {
  return isObject(value) && typeof value['folder'] === 'string' && typeof value['lockfile'] === 'string';
}
