import type { RecordKind } from '@coppice/host/migrateRecord';

export interface RepositoryRecord {
  readonly version: 1;
  readonly id: string;
  /** Where the git directory was when the record was made. */
  readonly commonDir: string;
  /** Its file number, which a move within a file system keeps and a copy does not have. */
  readonly inode: string;
  /** Where its main worktree was: where `.git` is a file that names another place, nothing else tells. */
  readonly root?: string;
}

/** `coppice/repository.json` in a repository's git directory. */
export const repositoryRecord: RecordKind<RepositoryRecord> = {
  version: 1,
  steps: {},
  problem: ({ id, commonDir, inode, root }) => {
    const isWhole =
      typeof id === 'string' &&
      /^[0-9a-f]{12}$/.test(id) &&
      typeof commonDir === 'string' &&
      typeof inode === 'string' &&
      (root === undefined || typeof root === 'string');
    return isWhole ? undefined : "it does not say the repository's id";
  },
};
