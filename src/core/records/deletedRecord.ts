import type { RecordKind } from '@coppice/host/migrateRecord';

/** `record.json` of a deleted worktree in the trash: what its folder and its registration with git do not say themselves. */
export interface DeletedRecord {
  readonly path: string;
  /** By what git knew it: the name of its git directory. */
  readonly name: string;
  readonly branch?: string | undefined;
  readonly head: string;
  /** Milliseconds since the epoch. */
  readonly deletedAt: number;
  /** For how long it was said to be kept, in milliseconds; undefined: a Coppice wrote it that did not write that down. */
  readonly keepMs?: number | undefined;
  /** Device and inode of its folder, which no move within a file system changes; undefined: it had none. */
  readonly folder?: string | undefined;
  /** Of the section `branch.<name>` of the repository's configuration. */
  readonly branchSettings: readonly (readonly [key: string, value: string])[];
  readonly recovery: readonly string[];
}

export const deletedRecord: RecordKind<DeletedRecord> = {
  version: 1,
  steps: {},
  problem: ({ path, name, branch, head, deletedAt, keepMs, folder, branchSettings, recovery }) => {
    const isWhole =
      isText(path) &&
      // It becomes a folder's name beneath the git directory.
      isText(name) &&
      /^(?!\.{1,2}$)[^/\\]+$/.test(name) &&
      (branch === undefined || isText(branch)) &&
      typeof head === 'string' &&
      /^[0-9a-f]{40,64}$/.test(head) &&
      typeof deletedAt === 'number' &&
      (keepMs === undefined || (typeof keepMs === 'number' && keepMs >= 0)) &&
      (folder === undefined || isText(folder)) &&
      Array.isArray(branchSettings) &&
      branchSettings.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isTextOrEmpty)) &&
      Array.isArray(recovery) &&
      recovery.every((ref) => isText(ref) && ref.startsWith('refs/coppice/recovery/'));
    return isWhole ? undefined : 'it does not say what was deleted';
  },
};

function isTextOrEmpty(value: unknown): value is string {
  return typeof value === 'string';
}

function isText(value: unknown): value is string {
  return isTextOrEmpty(value) && value !== '';
}
