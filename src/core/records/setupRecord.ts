import type { RecordKind } from '@coppice/host/migrateRecord';
import type { RanCommand } from '../ports/setups';
import { isObject } from './isObject';

export interface SetupRecord {
  readonly version: 1;
  readonly ran: readonly RanCommand[];
}

/** `coppice-setup.json` in a worktree's git directory: the setup commands that have run there, and on what. */
export const setupRecord: RecordKind<SetupRecord> = {
  version: 1,
  steps: {},
  problem: ({ ran }) =>
    Array.isArray(ran) && ran.every(isRan) ? undefined : '"ran" does not say which setup commands have run',
};

function isRan(value: unknown): boolean {
  return isObject(value) && typeof value['command'] === 'string' && typeof value['inputs'] === 'string';
}
