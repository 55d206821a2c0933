import type { RecordKind } from '@coppice/host/migrateRecord';
import type { Approved } from '../ports/approvals';

/** `approvals/<repository>/<sha256>.json` in Coppice's own folder: a command that a person approved, named by its content. */
export const approvalRecord: RecordKind<Approved> = {
  version: 1,
  steps: {},
  problem: ({ digest, command, approvedAt }) => {
    if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) return '"digest" is no SHA-256';
    return typeof command === 'string' && typeof approvedAt === 'string' ? undefined : 'it does not say what and when';
  },
};
